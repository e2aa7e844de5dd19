/** `rowgate start` and `rowgate dev`: the endpoint on this machine, on an embedded database or your own. */

import { Command, Option } from '@commander-js/extra-typings'
import type { StartOptions } from '../../local/start.ts'
import { dataOption } from '../data-option.ts'
import { withPassword } from '../postgres-password.ts'
import { callerName, loginName, port, postgresUrl } from '../values.ts'

/** Not 8787, wrangler's own default: Cursor takes that port for the callback of its login. */
export const DEFAULT_PORT = 4747

type Run = (options: StartOptions) => Promise<void>

async function startLater(options: StartOptions): Promise<void> {
  const { start } = await import('../../local/start.ts')
  const { postgresUrl } = options
  await start({
    ...options,
    postgresUrl: postgresUrl && (await withPassword('--postgres', postgresUrl)),
  })
}

export function startCommand(run: Run = startLater) {
  return serving('start', false, run).summary('Serve the endpoint on this machine')
}

export function devCommand(run: Run = startLater) {
  return serving('dev', true, run).summary('Serve it and rebuild when a file changes')
}

function serving(name: string, watch: boolean, run: Run) {
  return new Command(name)
    .addOption(
      new Option('--port <number>', 'the port on localhost')
        .argParser(port)
        .default(DEFAULT_PORT)
        .env('PORT'),
    )
    .option(
      '--postgres <url>',
      'your own Postgres: postgres://owner@host/database (password: PGPASSWORD, or a prompt)',
      postgresUrl('--postgres'),
    )
    .option(
      '--login <name>',
      "with --postgres: the name of the Worker's login there (default: rowgate_<database>)",
      loginName,
    )
    .option('--tenant <name>', 'the tenant of the printed tokens (default: default)', callerName)
    .option('--examples', 'serve every example, also with --postgres and whatever rowgate.yaml names')
    .option('--yes', 'with --postgres: create what is missing there without asking')
    .addOption(dataOption('the folder for its data and its secrets'))
    .addHelpText('after', "\nThe Worker's settings are read from the environment. Ctrl-C stops everything.")
    .action(({ data, postgres, port, login, tenant, examples = false, yes = false }) =>
      run({ port, directory: data, postgresUrl: postgres, login, tenant, examples, yes, watch }),
    )
}
