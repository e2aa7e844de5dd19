/** `rowgate migrate`: migrates the databases of a deployment. */

import { Command } from '@commander-js/extra-typings'
import { loginName } from '../values.ts'

export function migrateCommand() {
  return new Command('migrate')
    .summary('Migrate the database of DATABASE_OWNER_URL')
    .description(
      `Creates or migrates the schema rowgate and the Worker's login in the Postgres of DATABASE_OWNER_URL, and prints
the Worker's settings for it. Also migrates the MySQL of MYSQL_OWNER_URL or MYSQL_URL, if one is set. Safe to run again.`,
    )
    .option(
      '--examples',
      'also migrate the tables of every example, not only of those that rowgate.yaml names',
    )
    .option('--login <name>', "the name of the Worker's login (default: rowgate_<database>)", loginName)
    .action(async (options) => {
      const { migrate } = await import('../../operate/migrate.ts')
      await migrate(options)
    })
}
