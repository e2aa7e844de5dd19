/** The program's entry, on the Node that the project pins. */

import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './program.ts'

// As npm does for its scripts: a command may run a program of the project's packages by its name.
const PROGRAMS = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))
process.env.PATH = `${PROGRAMS}${delimiter}${process.env.PATH ?? ''}`

await runProgram(process.argv.slice(2))
