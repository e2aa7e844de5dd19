/** `npm run token`: prints a token of the local issuer, or its public keys, and nothing else, on standard output. */

import { openDirectory } from './local/directory.ts'
import { openIssuer } from './local/issuer.ts'
import { runScript } from './local/refusal.ts'
import { allScopes } from './local/scopes.ts'
import { readTokenOptions } from './local/token-options.ts'

await runScript(async () => {
  const asked = readTokenOptions(process.argv.slice(2), allScopes())
  const issuer = await openIssuer(await openDirectory(asked.directory))
  console.log(asked.jwks ? issuer.jwks : await issuer.sign(asked))
})
