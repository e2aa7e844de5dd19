/** `rowgate faults`: tests faults between the Worker and Postgres, at full length. */

import { Command } from '@commander-js/extra-typings'

export function faultsCommand() {
  return new Command('faults')
    .summary('Send writes through network faults, count the rows')
    .addHelpText('after', '\nIt takes some twenty minutes and sends to 127.0.0.1 only.')
    .action(async () => {
      const { faults } = await import('../../measure/faults.ts')
      await faults()
    })
}
