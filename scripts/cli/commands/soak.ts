/** `rowgate soak`: many clients at once; checks every answer and every row. */

import { Command } from '@commander-js/extra-typings'
import { withPassword } from '../postgres-password.ts'
import { postgresUrl, wholeNumber } from '../values.ts'

export function soakCommand() {
  return new Command('soak')
    .summary('Run many clients at once and check every row')
    .option('--clients <number>', 'clients at once', wholeNumber, 200)
    .option('--users <number>', 'users that the clients belong to', wholeNumber, 20)
    .option('--seconds <number>', 'duration of the measured part', wholeNumber, 60)
    .option('--warm-up <seconds>', 'duration of the warm-up, until memory stops growing', wholeNumber, 60)
    .option('--seed <number>', 'another seed gives another order of calls', wholeNumber, 1)
    .option(
      '--postgres <url>',
      "by TCP to an empty database of this machine, by its owner's URL, instead of an embedded one by HTTP; a call needs a connection, so fewer clients than max_connections",
      postgresUrl('--postgres'),
    )
    .option('--pgbouncer', 'with PgBouncer in transaction mode before that server', false)
    .addHelpText(
      'after',
      '\nIt sends to 127.0.0.1 only. Exit code 1: a wrong answer, a lost or duplicated write, or growing memory.',
    )
    .action(async (options) => {
      const { soakAndReport } = await import('../../measure/soak.ts')
      const postgres = options.postgres && (await withPassword('--postgres', options.postgres))
      await soakAndReport({ ...options, postgres })
    })
}
