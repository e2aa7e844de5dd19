/** `rowgate import netflix`: loads one of Netflix's published workbooks. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../../cli/data-option.ts'
import { withPassword } from '../../cli/postgres-password.ts'
import { postgresUrl } from '../../cli/values.ts'

export function importNetflixCommand() {
  return new Command('netflix')
    .summary('Import a workbook published by Netflix')
    .description(
      "Imports one of Netflix's published workbooks: an engagement report or the weekly top 10. Safe to run again.",
    )
    .argument('<file>', 'the workbook, an .xlsx file')
    .option(
      '--period <half year>',
      "of an engagement report, if the file's name does not contain it, such as 2024H1",
    )
    .option(
      '--database-url <url>',
      'import into this Postgres: postgres://owner@host/database (password: PGPASSWORD, or a prompt)',
      postgresUrl('--database-url'),
    )
    .addOption(dataOption('otherwise import into the database of this data folder of `npm start`'))
    .action(async (path, { period, databaseUrl, data }) => {
      const { importNetflix } = await import('./import-netflix.ts')
      const url = databaseUrl && (await withPassword('--database-url', databaseUrl))
      await importNetflix({ path, period, databaseUrl: url, directory: data })
    })
}
