/** `rowgate as`: tries a query or a tool as anybody, on the endpoint that runs here. */

import { Argument, Command, InvalidArgumentError, Option } from '@commander-js/extra-typings'
import type { AsOptions } from '../../local/as.ts'
import { claimOption } from '../claim-option.ts'
import { UsageError } from '../cli-error.ts'
import { dataOption } from '../data-option.ts'
import { callerName, port, sourceName } from '../values.ts'
import { DEFAULT_PORT } from './start.ts'

async function callLater(options: AsOptions): Promise<void> {
  const { callAs } = await import('../../local/as.ts')
  await callAs(options)
}

export function asCommand(run: (options: AsOptions) => Promise<void> = callLater) {
  return new Command('as')
    .summary('Try a query or a tool as anybody, here')
    .description(
      `Calls the endpoint that \`npm start\` runs, with a token of the local issuer:
  rowgate as alice --tenant 42 query "select count(*) from issues"
  rowgate as alice call find_rows '{"table": "issues"}'`,
    )
    .argument('<user>', 'the user', callerName)
    .addArgument(new Argument('<what>', 'a query, or a call of a tool').choices(['query', 'call'] as const))
    .argument('<text>', 'the SQL, or the name of the tool')
    .argument('[arguments]', 'of the tool, as JSON', jsonObject)
    .option('--tenant <name>', 'the tenant of the caller (default: default)', callerName)
    .addOption(claimOption())
    .option('--scopes <list>', "the caller's scopes, separated by spaces (default: all)")
    .option('--source <name>', 'the source, where there are several', sourceName)
    .addOption(new Option('--port <number>', 'the port').argParser(port).default(DEFAULT_PORT).env('PORT'))
    .addOption(dataOption('the data folder of the endpoint'))
    .action(async (user, what, text, given, { tenant, claim, scopes, source, port: on, data }) => {
      if (what === 'query' && given !== undefined) throw new UsageError('A query takes no arguments.')
      const args = what === 'query' ? { sql: text } : given
      await run({
        ...{ user, tenant, claims: claim, port: on, directory: data },
        scopes: scopes?.split(/\s+/).filter((scope) => scope !== ''),
        tool: what === 'query' ? 'query' : text,
        args: { ...args, ...(source !== undefined && { source }) },
      })
    })
}

function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const value = parsed(text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new InvalidArgumentError('They must be a JSON object, such as {"table": "issues"}.')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
