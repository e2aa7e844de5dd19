/** `rowgate down`: takes Rowgate out of a database. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../data-option.ts'
import { folder } from '../values.ts'
import { ownerUrlArgument, sourceOption } from './source-options.ts'

export function downCommand() {
  return new Command('down')
    .summary('Take every trace of Rowgate out of your database')
    .description(
      `Shows what it takes out, offers to export the audit log, asks, and takes it out in one transaction: the views, their
role, the login and the schema rowgate. Your tables are then as they were. rowgate.yaml stays.`,
    )
    .addArgument(ownerUrlArgument())
    .addOption(sourceOption())
    .option(
      '--audit <file>',
      'export the audit log to this file (default: rowgate-audit-<source>.jsonl)',
      folder,
    )
    .option('--no-audit', 'do not export the audit log')
    .option('--yes', 'do not ask')
    .addOption(dataOption('the folder in which the secrets are kept'))
    .action(async (url, { source, audit, yes = false, data }) => {
      const { down } = await import('../../operate/source/down.ts')
      await down({ url, source, audit, yes, directory: data })
    })
}
