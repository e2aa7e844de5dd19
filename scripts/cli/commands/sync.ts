/**
 * `rowgate sync` and `rowgate check`: what has changed in a source's database since the last `rowgate up`.
 */

import { Command } from '@commander-js/extra-typings'
import type { SourceOptions } from '../../operate/source/each-source.ts'
import { dataOption } from '../data-option.ts'
import { ownerUrlArgument, sourceOption } from './source-options.ts'

type Run = (options: SourceOptions) => Promise<void>

export function syncCommand() {
  return comparing('sync', async (options) => {
    const { sync } = await import('../../operate/source/sync.ts')
    await sync(options)
  })
    .summary('Show what has changed in your database')
    .description(
      `Compares each source's database with rowgate.lock.json and rowgate.yaml, and proposes lines for what is new. It
changes nothing, neither there nor in a file.`,
    )
}

export function checkCommand() {
  return comparing('check', async (options) => {
    const { check } = await import('../../operate/source/sync.ts')
    await check(options)
  })
    .summary('Fail where your database and rowgate.lock.json do not fit')
    .description('As `sync`, for CI: its exit code is 1 where a caller would meet something broken.')
}

function comparing(name: string, run: Run) {
  return new Command(name)
    .addArgument(ownerUrlArgument())
    .addOption(sourceOption())
    .addOption(dataOption('the folder in which the URL is kept'))
    .action(async (url, { source, data }) => await run({ url, source, directory: data }))
}
