/** `rowgate bench`: compares the endpoint's speed with a bare handler's and the SDK's own server's. */

import { Command } from '@commander-js/extra-typings'
import { withPassword } from '../postgres-password.ts'
import { postgresUrl } from '../values.ts'

export function benchCommand() {
  return new Command('bench')
    .summary('Compare the speed with a bare handler and the SDK')
    .option('--quick', 'a short run to show that it works; its figures mean little', false)
    .option('--sql', 'measure the SQL guard and the semantic search instead', false)
    .option('--tokens', 'count the tokens of each toolset instead', false)
    .option(
      '--postgres <url>',
      "measure calls by HTTP and by TCP on an empty database of a server, by its owner's URL, instead",
      postgresUrl('--postgres'),
    )
    .option(
      '--beside <name=url...>',
      'with --postgres: other MCP servers of that database on this machine, which run the same SELECT in the same rounds',
    )
    .option('--pgbouncer', 'with --postgres: through PgBouncer in transaction mode as well', false)
    .option(
      '--rows <url>',
      "measure the rows of large tables on an empty database of a server, by its owner's URL, instead",
      postgresUrl('--rows'),
    )
    .option('--json <file>', 'also write the medians to this file')
    .addHelpText('after', '\nIt sends to 127.0.0.1 only.')
    .action(async (options) => {
      const { bench } = await import('../../measure/bench.ts')
      const postgres = options.postgres && (await withPassword('--postgres', options.postgres))
      const rows = options.rows && (await withPassword('--rows', options.rows))
      await bench({ ...options, postgres, rows, beside: options.beside ?? [] })
    })
}
