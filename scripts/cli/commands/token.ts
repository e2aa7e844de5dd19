/** `rowgate token`: prints a token of the local issuer, which only a development endpoint accepts. */

import { Command, Option } from '@commander-js/extra-typings'
import type { TokenOptions } from '../../local/token.ts'
import { claimOption } from '../claim-option.ts'
import { UsageError } from '../cli-error.ts'
import { dataOption } from '../data-option.ts'
import { callerName, duration } from '../values.ts'

async function printLater(options: TokenOptions): Promise<void> {
  const { printToken } = await import('../../local/token.ts')
  await printToken(options)
}

export function tokenCommand(run: (options: TokenOptions) => Promise<void> = printLater) {
  return new Command('token')
    .summary('Print a token that a local endpoint accepts')
    .description('Prints a token of the local issuer, and nothing else. Only a local endpoint accepts it.')
    .option('--user <name>', 'the user of the token', callerName)
    .option('--scopes <list>', 'its scopes, separated by spaces (default: all)')
    .addOption(
      new Option('--ttl <duration>', 'how long it is valid, such as 90s, 15m, 7d')
        .argParser(duration)
        .default(duration('1h'), '1h'),
    )
    .option(
      '--tenant <name>',
      'its tenant, if the endpoint has AUTH_TENANT_CLAIM (default: default)',
      callerName,
    )
    .addOption(claimOption())
    .addOption(dataOption('the data folder of the endpoint'))
    .option('--jwks', 'print the public keys instead (the setting LOCAL_JWKS)')
    .action(async ({ user, scopes, ttl, tenant, claim, data, jwks }) => {
      if (jwks) return await run({ jwks: true, directory: data })
      if (user === undefined)
        throw new UsageError('--user is missing: give the name of the user of the token.')
      const asked = scopes?.split(/\s+/).filter((scope) => scope !== '')
      await run({ jwks: false, directory: data, user, scopes: asked, ttlSeconds: ttl, tenant, claims: claim })
    })
}
