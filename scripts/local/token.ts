/** `npm run token`: prints a token of the local issuer, or its public keys, and nothing else, on standard output. */

import { runScript } from '../cli/cli-error.ts'
import { openDirectory } from './directory.ts'
import { openIssuer } from './issuer.ts'
import { allScopes } from './scopes.ts'
import { readTokenOptions } from './token-options.ts'

await runScript(async () => {
  const asked = readTokenOptions(process.argv.slice(2), allScopes())
  const issuer = await openIssuer(await openDirectory(asked.directory))
  console.log(asked.jwks ? issuer.jwks : await issuer.sign(asked))
})
