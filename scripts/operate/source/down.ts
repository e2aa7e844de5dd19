/**
 * `rowgate down`: takes every trace of Rowgate out of a source's database in one transaction: the views, the
 * reader, row security that `up` enabled, the login, and core with the audit log. The application's tables
 * are then as they were. `rowgate.yaml` stays.
 */

import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { openDirectory } from '../../local/directory.ts'
import { type Owner, PostgresError } from '../../local/postgres/backend.ts'
import { sourceSecretsFile } from '../../local/source-secrets.ts'
import { confirm } from './confirm.ts'
import { auditRows, exportAudit } from './down/audit-export.ts'
import { downStatements } from './down/statements.ts'
import { readTraces, type Traces } from './down/traces.ts'
import { eachSource, type OwnedSource, type SourceOptions } from './each-source.ts'
import { writeSourceLock } from './lock-file.ts'
import { namingLockHolders } from './lock-wait.ts'
import { EMBEDDED } from './owner.ts'
import { viewSchemaOf } from './views.ts'

export interface DownOptions extends SourceOptions {
  /** Whether nobody is asked. The audit log is exported unless `audit` is false. */
  readonly yes: boolean
  /** The file that the audit log is exported to; false: it is not. */
  readonly audit?: string | false | undefined
}

export async function down(given: DownOptions): Promise<void> {
  const options = { ...given, directory: await openDirectory(given.directory) }
  await eachSource(options, (owner, source) => downSource(owner, source, options))
}

async function downSource(owner: Owner, source: OwnedSource, options: DownOptions): Promise<void> {
  const { url } = source
  const traces = await readTraces(owner, {
    viewSchema: viewSchemaOf(source.file),
    isEmbedded: url === EMBEDDED,
  })
  if (!traces.hasViews && !traces.takesCore) {
    print(`The database ${traces.database} has nothing of Rowgate's${traces.hasCore ? ' but core' : ''}.`)
  } else {
    print(tracesText(source.name, traces))
    const rows = traces.takesCore ? await auditRows(owner) : 0
    if (rows > 0) await saveAudit(owner, rows, source.name, options)
    if (!options.yes) await confirm(`Take this out of the database ${traces.database}?`)
    await run(owner, traces, url)
    print('Taken out.')
  }
  await writeSourceLock(source.lockPath, source.name, undefined)
  await rm(sourceSecretsFile(options.directory, source.name), { force: true })
}

async function run(owner: Owner, traces: Traces, url: string): Promise<void> {
  await namingLockHolders(url === EMBEDDED ? undefined : owner, async () => {
    try {
      await owner(downStatements(traces).join('\n;\n'))
    } catch (error) {
      if (!(error instanceof PostgresError) || error.fields.code === '55P03') throw error
      const detail =
        error.fields.detail === undefined ? '' : ` (${error.fields.detail.replaceAll('\n', '; ')})`
      throw new Refusal(`Nothing was changed, because Postgres refused it: ${error.message}${detail}.`, {
        cause: error,
      })
    }
  })
}

/** Offers it; `--yes` takes the offer. */
async function saveAudit(
  owner: Owner,
  rows: number,
  source: string,
  { audit, yes }: DownOptions,
): Promise<void> {
  if (audit === false) return
  const path = resolve(audit ?? `rowgate-audit-${source}.jsonl`)
  if (existsSync(path)) {
    throw new Refusal(
      `${path} is there already, and nothing was changed: name another file with --audit, or leave the audit log with --no-audit.`,
    )
  }
  if (!yes && audit === undefined) {
    await confirm(
      `The audit log has ${rows} rows, which would be gone. Export them to ${path} first (--no-audit leaves them)?`,
    )
  }
  await exportAudit(owner, path)
  print(`Exported ${rows} rows of the audit log to ${path}.`)
}

function tracesText(source: string, traces: Traces): string {
  const { database, hasViews, viewSchema, reader, secured, takesCore, login, dropsLogin, parts } = traces
  return [
    `Source ${source}, database ${database}. Taken out:`,
    ...(hasViews ? [`  the schema ${viewSchema} and all views in it, and the role ${reader}`] : []),
    ...secured.map(({ schema, name }) => `  row security of ${schema}.${name}, which \`up\` enabled`),
    ...(takesCore ? ['  the schema rowgate: identity keys, audit log'] : []),
    ...(login !== undefined && dropsLogin ? [`  the login ${login}`] : []),
    ...(login !== undefined && takesCore && !dropsLogin
      ? [`The role ${login} stays: it was there before Rowgate.`]
      : []),
    ...(parts.length > 0
      ? [`The schema rowgate and the login stay: tables of ${parts.join(', ')} in this database need them.`]
      : []),
  ].join('\n')
}
