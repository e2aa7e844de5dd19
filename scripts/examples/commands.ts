/** The commands of the examples. One is offered while its example is there. */

import { existsSync } from 'node:fs'
import type { CommandUnknownOpts } from '@commander-js/extra-typings'
import { importNetflixCommand } from './netflix/command.ts'
import { embedCommand } from './retail/command.ts'

interface ExampleCommand {
  /** Name of the folder in `src/examples`. */
  readonly example: string
  /** The command that this one is a part of, such as `import`. */
  readonly under?: string
  readonly make: () => CommandUnknownOpts
}

const COMMANDS: readonly ExampleCommand[] = [
  { example: 'netflix', under: 'import', make: importNetflixCommand },
  { example: 'retail', make: embedCommand },
]

export function exampleCommands(): readonly ExampleCommand[] {
  return COMMANDS.filter(({ example }) =>
    existsSync(new URL(`../../src/examples/${example}/`, import.meta.url)),
  )
}
