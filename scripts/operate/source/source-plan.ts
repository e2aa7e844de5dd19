/** Plans `up` for one source, by SELECT alone. `plan` shows it, `up` runs it. */

import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { SourceLock } from '../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import { knownToolsets, parseRowgateFile, ROWGATE_FILE } from '../../build/rowgate-file.ts'
import { Refusal, UsageError } from '../../cli/cli-error.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { type MigrationPlan, planMigration } from '../../local/postgres/migrations.ts'
import { type Catalogue, readCatalogue } from './catalogue.ts'
import { sourceFileHash } from './file-hash.ts'
import { shownAs } from './init/privacy.ts'
import { LOCK_NAME, readLockFile } from './lock-file.ts'
import type { ToolTokens } from './measure/tool-tokens.ts'
import type { Measured } from './measure.ts'
import { readerName } from './views/names.ts'
import { readMark, readViewsState, type ViewsState } from './views/state.ts'
import { planViews, schemasOf, type ViewsPlan, type ViewsRequest, viewSchemaOf } from './views.ts'

/** A source as `rowgate.yaml` declares it. */
export interface DeclaredSource {
  readonly name: string
  readonly file: SourceFile
  /** Of the deployment; undefined: all. */
  readonly toolsets?: readonly string[] | undefined
  /** The folder of rowgate.yaml. */
  readonly root: string
  readonly lockPath: string
  /** The result of the last `up`, here or where the lock was committed. */
  readonly previous: SourceLock | undefined
}

export interface SourcePlan {
  readonly source: DeclaredSource
  readonly catalogue: Catalogue
  readonly state: ViewsState
  readonly migration: MigrationPlan
  readonly views: ViewsPlan
  /** Whether the database has these views already. */
  readonly isMade: boolean
  /** Rows that callers would see. `up` does not measure them. */
  readonly measured?: Measured
  readonly tools?: readonly ToolTokens[]
}

/** The sources of the file, or the one that is named. Throws a `Refusal` where there is none. */
export async function declaredSources(options: {
  /** Default: rowgate.yaml of the project. */
  readonly file?: string | undefined
  readonly source?: string | undefined
}): Promise<DeclaredSource[]> {
  const path = resolve(options.file ?? ROWGATE_FILE)
  if (!existsSync(path)) {
    throw new Refusal(`${path} is missing: \`rowgate init postgres://owner@host/database\` writes it.`)
  }
  const { sources = {}, toolsets } = parseRowgateFile(readFileSync(path, 'utf8'), knownToolsets())
  const names = Object.keys(sources)
  if (names.length === 0) throw new Refusal(`${path} declares no source: \`rowgate init\` adds one.`)
  if (options.source !== undefined && !names.includes(options.source)) {
    throw new UsageError(`--source: rowgate.yaml has no source "${options.source}", but ${names.join(', ')}.`)
  }
  const root = dirname(path)
  const lockPath = join(root, LOCK_NAME)
  const lock = readLockFile(lockPath)
  return Object.entries(sources)
    .filter(([name]) => options.source === undefined || name === options.source)
    .map(([name, file]) => ({ name, file, toolsets, root, lockPath, previous: lock?.sources[name] }))
}

export async function planSource(
  owner: Owner,
  source: DeclaredSource,
  options: { readonly login?: string | undefined } = {},
): Promise<SourcePlan> {
  const { file, root, previous } = source
  const migration = await planMigration(owner, options)
  const catalogue = await readCatalogue(owner, schemasOf(file))
  const reader = readerName(catalogue.database)
  const state = await readViewsState(owner, { reader, viewSchema: viewSchemaOf(file) })
  const request: ViewsRequest = {
    ...{ file, catalogue, state, previous },
    login: migration.login,
    fileHash: sourceFileHash(file, root),
    tools: [],
    defaultShown: (column) => shownAs(column, undefined).shown,
  }
  const views = await withTools(owner, request, source)
  return { source, catalogue, state, migration, views, isMade: readMark(state)?.hash === views.hash }
}

/** With the SQL tools of files, which are checked against the views. One that is wrong is left out. */
async function withTools(
  owner: Owner,
  request: ViewsRequest,
  { root, file }: DeclaredSource,
): Promise<ViewsPlan> {
  const views = planViews(request)
  if (file.tools === undefined || views.refusals.length > 0) return views
  const { readSqlTools } = await import('./sql-tools.ts')
  const { tables, viewSchema } = views.lock
  const { tools, problems } = await readSqlTools({ file, root, tables, viewSchema, owner, isMade: false })
  const whole = planViews({ ...request, tools })
  return {
    ...whole,
    warnings: [...whole.warnings, ...problems.map((problem) => ({ said: `SQL tool left out: ${problem}` }))],
  }
}
