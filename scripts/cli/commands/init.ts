/** `rowgate init`: writes rowgate.yaml for a database of one's own. */

import { Command } from '@commander-js/extra-typings'
import type { InitOptions } from '../../operate/source/init.ts'
import { UsageError } from '../cli-error.ts'
import { dataOption } from '../data-option.ts'
import { postgresUrl, schemaList, sourceName } from '../values.ts'

async function initLater(options: InitOptions): Promise<void> {
  const { init } = await import('../../operate/source/init.ts')
  await init(options)
}

export function initCommand(run: (options: InitOptions) => Promise<void> = initLater) {
  return new Command('init')
    .summary('Write rowgate.yaml for a database of yours')
    .description(
      `Reads the catalogue of a Postgres, changes nothing there, asks at most five questions and writes rowgate.yaml. The
password comes from PGPASSWORD, ~/.pgpass or a prompt, and is kept nowhere.`,
    )
    .argument('[url]', "the owner's URL: postgres://owner@host/database", postgresUrl('The URL'))
    .option('--source <name>', "the source's name in the file (default: the database's)", sourceName)
    .option('--schemas <list>', 'its schemas, separated by commas (default: all of its own)', schemaList)
    .option('--yes', 'take every proposal without asking')
    .option('--example', 'use a small example application, which is put into the embedded Postgres')
    .option('--answers <file>', 'take the answers from a file of YAML or JSON')
    .addOption(dataOption('the folder in which the URL, without a password, is kept'))
    .action(async (url, { example = false, ...options }) => {
      if ((url === undefined) !== example) {
        throw new UsageError("Give the owner's URL, postgres://owner@host/database, or --example.")
      }
      const { source, schemas, yes = false, answers, data } = options
      await run({ url, source, schemas, yes, answers, directory: data })
    })
}
