/** `rowgate migrate`: brings the databases that a deployment uses up to date. */

import { Command } from '@commander-js/extra-typings'
import { loginName } from '../values.ts'

export function migrateCommand() {
  return new Command('migrate')
    .summary('Bring the database of DATABASE_OWNER_URL up to date')
    .description(
      `Makes the schema rowgate and the Worker's login in the Postgres of DATABASE_OWNER_URL, or brings them up to date, and prints what the Worker needs to use it, and the MySQL of
MYSQL_OWNER_URL or MYSQL_URL, where one is set. Safe to run again.`,
    )
    .option('--examples', "the examples' tables too")
    .option('--login <name>', "the Worker's login, instead of rowgate_<database>", loginName)
    .action(async (options) => {
      const { migrate } = await import('../../operate/migrate.ts')
      await migrate(options)
    })
}
