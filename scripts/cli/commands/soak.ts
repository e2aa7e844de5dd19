/** `rowgate soak`: many clients at once; checks every answer and every row. */

import { Command } from '@commander-js/extra-typings'
import { wholeNumber } from '../values.ts'

export function soakCommand() {
  return new Command('soak')
    .summary('Let many clients work at once, and check each row')
    .option('--clients <number>', 'how many at once', wholeNumber, 200)
    .option('--users <number>', 'of how many users', wholeNumber, 20)
    .option('--seconds <number>', 'how long', wholeNumber, 60)
    .option('--warm-up <seconds>', 'how long before, until memory stays at its height', wholeNumber, 60)
    .option('--seed <number>', 'for another order of calls', wholeNumber, 1)
    .addHelpText(
      'after',
      '\nIt sends to 127.0.0.1 only, and ends with 1 for a wrong answer, a lost or doubled write, or memory that grows.',
    )
    .action(async (options) => {
      const { soakAndReport } = await import('../../measure/soak.ts')
      await soakAndReport(options)
    })
}
