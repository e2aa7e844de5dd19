/** `rowgate plan`: what `up` would do. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../data-option.ts'
import { loginOption, ownerUrlArgument, sourceOption } from './source-options.ts'

export function planCommand() {
  return new Command('plan')
    .summary('Show what `rowgate up` would make')
    .description(
      `Shows what \`rowgate up\` would make of rowgate.yaml, and what is refused, with the line that would answer it. Runs
nothing but SELECT. Exit code 1 where something is refused.`,
    )
    .addArgument(ownerUrlArgument())
    .addOption(sourceOption())
    .addOption(loginOption())
    .option('--json', 'as JSON, with the statements')
    .addOption(dataOption('the folder in which the URL is kept'))
    .action(async (url, { source, login, json = false, data }) => {
      const { plan } = await import('../../operate/source/plan.ts')
      await plan({ url, source, login, json, directory: data })
    })
}
