/** The command-line program: its commands, its help and its exit codes. */

import { Command, CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings'
import { SERVER_VERSION } from '../../src/infra/version.ts'
import { exampleCommands } from '../examples/commands.ts'
import { MISUSED, reportFailure } from './cli-error.ts'
import { asCommand } from './commands/as.ts'
import { auditVerifyCommand } from './commands/audit-verify.ts'
import { benchCommand } from './commands/bench.ts'
import { downCommand } from './commands/down.ts'
import { faultsCommand } from './commands/faults.ts'
import { generateCommand } from './commands/generate.ts'
import { initCommand } from './commands/init.ts'
import { migrateCommand } from './commands/migrate.ts'
import { planCommand } from './commands/plan.ts'
import { soakCommand } from './commands/soak.ts'
import { devCommand, startCommand } from './commands/start.ts'
import { checkCommand, syncCommand } from './commands/sync.ts'
import { tokenCommand } from './commands/token.ts'
import { upCommand } from './commands/up.ts'
import { printableLine } from './terminal.ts'

const NAME = 'rowgate'
/** In columns: each command is one line. */
const HELP_WIDTH = 110

/** In the order of the help. The module that does a command's work is loaded when the command runs. */
const COMMANDS: readonly (readonly [heading: string, ...commands: (() => CommandUnknownOpts)[]])[] = [
  ['On this machine:', startCommand, devCommand, tokenCommand, asCommand],
  ['Your own database:', initCommand, planCommand, upCommand, downCommand, syncCommand, checkCommand],
  ['For a deployment:', migrateCommand, () => group('audit', auditVerifyCommand)],
  ['For your own tables:', generateCommand],
  [
    'For the examples:',
    ...exampleCommands().map(({ under, make }) => (under === undefined ? make : () => group(under, make))),
  ],
  ['Measurements:', benchCommand, soakCommand, faultsCommand],
]

/**
 * Runs the named command. A failure is one sentence and exit code 1; an invalid command line has exit code 2.
 */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = createProgram()
  let running = NAME
  program.hook('preAction', (_, command) => {
    running = pathOf(command)
  })
  try {
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) return reportFailure(running, error)
    // Commander has already printed its error or the help.
    process.exitCode = error.exitCode === 0 ? 0 : MISUSED
  }
}

function createProgram(): Command {
  const program = new Command(NAME)
    .description('Rowgate puts databases behind agents safely.')
    .usage('<command> [options]')
    .version(SERVER_VERSION, '--version', 'print the version')
    .configureHelp({ visibleCommands: leaves, subcommandTerm: usageOf, helpWidth: HELP_WIDTH })
    .addHelpText('after', '\n`rowgate <command> --help` lists the options of a command.')
  for (const [heading, ...makers] of COMMANDS) {
    for (const make of makers) {
      const command = make()
      for (const each of [command, ...command.commands]) each.helpGroup(heading)
      program.addCommand(command)
    }
  }
  applyHouseRules(program)
  return program
}

/** A command that only holds others, such as `audit` in `audit verify`. */
function group(name: string, ...commands: (() => CommandUnknownOpts)[]): Command {
  const command = new Command(name).summary(`${name} …`)
  for (const make of commands) command.addCommand(make())
  return command
}

/** Recursive, because commander does not pass these settings on to commands added by `addCommand`. */
function applyHouseRules(command: CommandUnknownOpts): void {
  command
    .exitOverride()
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .configureOutput({ outputError: (text, write) => write(`${printableLine(sentenceOf(text, command))}\n`) })
  for (const sub of command.commands) applyHouseRules(sub)
}

/**
 * Turns commander's `error: unknown option '--dat'\n(Did you mean --data?)` into one sentence with a pointer
 * to the help.
 */
function sentenceOf(text: string, command: CommandUnknownOpts): string {
  const said = text
    .replace(/^error: /, '')
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}. See \`${pathOf(command)} --help\`.`
}

function leaves(command: CommandUnknownOpts): CommandUnknownOpts[] {
  return command.commands.flatMap((sub) => (sub.commands.length === 0 ? [sub] : leaves(sub)))
}

/** `import netflix <file>`. */
function usageOf(command: CommandUnknownOpts): string {
  const names = pathOf(command).split(' ').slice(1)
  const values = command.registeredArguments.map((each) =>
    each.required ? `<${each.name()}>` : `[${each.name()}]`,
  )
  return [...names, ...values].join(' ')
}

function pathOf(command: CommandUnknownOpts): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}
