/** `rowgate up`: makes what rowgate.yaml says. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../data-option.ts'
import { loginOption, ownerUrlArgument, sourceOption } from './source-options.ts'

export function upCommand() {
  return new Command('up')
    .summary('Make the views and the login of rowgate.yaml')
    .description(
      `Shows the plan, asks, and makes it in one transaction: the schema rowgate, the Worker's login, a role that owns the
views, and the views. Your tables stay as they are. Writes rowgate.lock.json. Safe to run again.`,
    )
    .addArgument(ownerUrlArgument())
    .addOption(sourceOption())
    .addOption(loginOption())
    .option('--yes', 'do not ask')
    .addOption(dataOption('the folder in which the secrets are kept'))
    .action(async (url, { source, login, yes = false, data }) => {
      const { up } = await import('../../operate/source/up.ts')
      await up({ url, source, login, yes, directory: data })
    })
}
