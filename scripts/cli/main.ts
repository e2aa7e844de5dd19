/** The program's entry point, on the Node version that the project pins. */

import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './program.ts'

// Like npm scripts: commands find the programs of installed packages by name.
const PROGRAMS = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url))
process.env.PATH = `${PROGRAMS}${delimiter}${process.env.PATH ?? ''}`

await runProgram(process.argv.slice(2))
