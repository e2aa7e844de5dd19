/** `rowgate bench`: compares the endpoint's speed with a bare handler's and the SDK's own server's. */

import { Command } from '@commander-js/extra-typings'

export function benchCommand() {
  return new Command('bench')
    .summary('Measure the speed beside a bare handler and the SDK')
    .option('--quick', 'only show that it works: the figures mean little', false)
    .option('--sql', 'measure the guard of SQL and the search by meaning instead', false)
    .option('--tokens', 'count what a model reads of each toolset instead', false)
    .option('--json <file>', 'write the medians to this file too')
    .addHelpText('after', '\nIt sends to 127.0.0.1 only.')
    .action(async (options) => {
      const { bench } = await import('../../measure/bench.ts')
      await bench(options)
    })
}
