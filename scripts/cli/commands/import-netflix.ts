/** `rowgate import netflix`: loads one of Netflix's published workbooks. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../data-option.ts'
import { withPassword } from '../postgres-password.ts'
import { postgresUrl } from '../values.ts'

export function importNetflixCommand() {
  return new Command('netflix')
    .summary('Load a workbook that Netflix publishes')
    .description(
      "Loads one of Netflix's published workbooks, an engagement report or its weekly top 10. Safe to run again.",
    )
    .argument('<file>', 'the workbook, an .xlsx file')
    .option('--period <half year>', "the engagement report's, where the file's name does not say it: 2024H1")
    .option(
      '--database-url <url>',
      'load into this Postgres: postgres://owner@host/database (password: PGPASSWORD, or asked for)',
      postgresUrl('--database-url'),
    )
    .addOption(dataOption('the data folder of `npm start`, whose database is loaded otherwise'))
    .action(async (path, { period, databaseUrl, data }) => {
      const { importNetflix } = await import('../../operate/import-netflix.ts')
      const url = databaseUrl && (await withPassword('--database-url', databaseUrl))
      await importNetflix({ path, period, databaseUrl: url, directory: data })
    })
}
