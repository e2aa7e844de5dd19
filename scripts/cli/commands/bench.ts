/** `rowgate bench`: compares the endpoint's speed with a bare handler's and the SDK's own server's. */

import { Command } from '@commander-js/extra-typings'

export function benchCommand() {
  return new Command('bench')
    .summary('Compare the speed with a bare handler and the SDK')
    .option('--quick', 'a short run to show that it works; its figures mean little', false)
    .option('--sql', 'measure the SQL guard and the semantic search instead', false)
    .option('--tokens', 'count the tokens of each toolset instead', false)
    .option('--json <file>', 'also write the medians to this file')
    .addHelpText('after', '\nIt sends to 127.0.0.1 only.')
    .action(async (options) => {
      const { bench } = await import('../../measure/bench.ts')
      await bench(options)
    })
}
