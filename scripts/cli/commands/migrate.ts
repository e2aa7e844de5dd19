/** `rowgate migrate`: brings the databases that a deployment uses up to date. */

import { Command } from '@commander-js/extra-typings'

export function migrateCommand() {
  return new Command('migrate')
    .summary('Bring the database of DATABASE_OWNER_URL up to date')
    .description(
      `Brings the Postgres of DATABASE_OWNER_URL up to date and prints what the Worker needs to use it, and the MySQL of
MYSQL_OWNER_URL or MYSQL_URL, where one is set. Safe to run again.`,
    )
    .action(async () => {
      const { migrate } = await import('../../operate/migrate.ts')
      await migrate()
    })
}
