/** `rowgate generate`: writes the migration from the last schema to the tables of the toolsets. */

import { Command, Option } from '@commander-js/extra-typings'

export function generateCommand() {
  return new Command('generate')
    .summary("Write the migration that the toolsets' tables need")
    .addOption(
      new Option('--engine <name>', 'whose tables')
        .choices(['postgres', 'mysql'] as const)
        .default('postgres'),
    )
    .option('--example <name>', 'whose tables, of the examples')
    .option('--name <name>', 'what the migration is called')
    .option('--custom', 'an empty migration, for SQL that you write')
    .action(async (options) => {
      const { generate } = await import('../../build/generate.ts')
      await generate(options)
    })
}
