/** `npm run token -- --user NAME`: prints a token of the local issuer, and nothing else, on standard output. */

import { openDirectory } from './local/directory.ts'
import { openIssuer } from './local/issuer.ts'
import { runScript } from './local/refusal.ts'
import { allScopes } from './local/scopes.ts'
import { readTokenOptions } from './local/token-options.ts'

await runScript(async () => {
  const { directory, ...claims } = readTokenOptions(process.argv.slice(2), allScopes())
  const issuer = await openIssuer(await openDirectory(directory))
  console.log(await issuer.sign(claims))
})
