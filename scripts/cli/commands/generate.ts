/** `rowgate generate`: writes the migration from the last schema to the tables of the toolsets. */

import { Command, Option } from '@commander-js/extra-typings'

export function generateCommand() {
  return new Command('generate')
    .summary("Write the migration that the toolsets' tables need")
    .addOption(
      new Option('--engine <name>', 'the engine of the tables')
        .choices(['postgres', 'mysql'] as const)
        .default('postgres'),
    )
    .option('--example <name>', 'write it for the tables of this example')
    .option('--name <name>', 'the name of the migration')
    .option('--custom', 'an empty migration, for your own SQL')
    .action(async (options) => {
      const { generate } = await import('../../build/generate.ts')
      await generate(options)
    })
}
