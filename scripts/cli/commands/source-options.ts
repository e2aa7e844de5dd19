/** Options of the commands for one's own database. */

import { Argument, Option } from '@commander-js/extra-typings'
import { loginName, postgresUrl, sourceName } from '../values.ts'

export function ownerUrlArgument() {
  return new Argument(
    '[url]',
    "the owner's URL: postgres://owner@host/database (default: as before)",
  ).argParser(postgresUrl('The URL'))
}

export function sourceOption() {
  return new Option('--source <name>', 'one source of rowgate.yaml (default: all)').argParser(sourceName)
}

export function loginOption() {
  return new Option(
    '--login <name>',
    "the name of the Worker's login (default: rowgate_<database>)",
  ).argParser(loginName)
}
