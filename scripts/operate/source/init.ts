/**
 * `rowgate init`: reads a database's catalogue, asks at most five questions and writes `rowgate.yaml`. It
 * changes nothing in the database: each of its statements runs in a read-only transaction.
 */

import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { knownToolsets, parseRowgateFile, ROWGATE_FILE } from '../../build/rowgate-file.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { type Owner, PostgresError } from '../../local/postgres/backend.ts'
import { readCatalogue } from './catalogue.ts'
import { makeWorkshop, WORKSHOP } from './example/workshop.ts'
import { addSource, hasSource } from './init/add-source.ts'
import { askAll, checkAnswers, readAnswers } from './init/ask.ts'
import { sourceLines, wholeFile } from './init/file-text.ts'
import { judged } from './init/judged.ts'
import type { Choices, Proposal } from './init/proposal.ts'
import { propose } from './init/propose.ts'
import { readShapes } from './init/samples.ts'
import { EMBEDDED, keepOwnerUrl, withSourceOwner } from './owner.ts'
import { CATALOGUE_LIMIT_MS, reading } from './reading.ts'
import { DEFAULT_VIEW_SCHEMA, readerName } from './views/names.ts'
import { readViewsState } from './views/state.ts'

const NAME_MAX_LENGTH = 32
/** The toolsets that serve a database of one's own. */
const TOOLSETS = ['sql', 'rows', 'audit', 'approvals', 'system']

export interface InitOptions {
  /** The owner's URL without a password; undefined for the example application. */
  readonly url: string | undefined
  /** The source's name; made from the database's by default. */
  readonly source?: string | undefined
  /** Default: all that are not Postgres' own or Rowgate's. */
  readonly schemas?: readonly string[] | undefined
  readonly yes: boolean
  readonly answers?: string | undefined
  /** The file to write. */
  readonly file?: string | undefined
  /** The data folder. */
  readonly directory: string
}

export async function init(options: InitOptions): Promise<void> {
  const file = resolve(options.file ?? ROWGATE_FILE)
  const before = existsSync(file) ? await readFile(file, 'utf8') : undefined
  if (before !== undefined) parseRowgateFile(before, knownToolsets())
  const { url = EMBEDDED, directory } = options
  const source = options.source ?? (url === EMBEDDED ? WORKSHOP : sourceName(url))
  refuseTaken(before, source)
  const schemas = options.schemas ?? (url === EMBEDDED ? [WORKSHOP] : undefined)
  const place = { directory, source }
  const proposal = await withSourceOwner(place, url, async (owner) => {
    if (url === EMBEDDED) await makeWorkshop(owner)
    return await proposalFor(owner, source, { ...options, schemas })
  })
  const part = { source, connect: `${source.toUpperCase()}_DATABASE_URL`, proposal }
  const text = before === undefined ? wholeFile(part, TOOLSETS) : addSource(before, sourceLines(part))
  parseRowgateFile(text, knownToolsets())
  await writeFile(file, text, before === undefined ? { flag: 'wx' } : {})
  await keepOwnerUrl(place, url)
  print(`\n${summary(proposal, file, before === undefined).join('\n')}`)
}

async function proposalFor(owner: Owner, source: string, options: InitOptions): Promise<Proposal> {
  const read = reading(owner, CATALOGUE_LIMIT_MS)
  const schemas = options.schemas ?? (await schemasOf(read))
  const catalogue = await readCatalogue(read, schemas)
  if (catalogue.tables.length === 0) {
    throw new Refusal(
      `The database "${catalogue.database}" has no table in ${schemas.join(', ') || 'any schema of its own'} that "${catalogue.user}" can see: name its schemas with --schemas, or log in as its owner.`,
    )
  }
  const shapes = await readShapes(owner, catalogue.tables)
  const names = { reader: readerName(catalogue.database), viewSchema: DEFAULT_VIEW_SCHEMA }
  const state = await readViewsState(read, names)
  const proposeWith = (choices: Choices) =>
    judged(propose({ source, catalogue, shapes }, choices), { source, catalogue, state })
  const choices = await choicesFor(options, proposeWith)
  const proposal = proposeWith(choices)
  if (proposal.tables.every(({ rows }) => rows === undefined)) {
    throw new Refusal(nothingServed(proposal))
  }
  return proposal
}

function nothingServed({ tables }: Proposal): string {
  const open = tables.filter(({ mayServe }) => mayServe).map(({ name }) => name)
  return [
    'Nothing would be served: no table has rows that are known to be somebody’s.',
    ...tables.map(({ name, why }) => `  ${name}: ${why}`),
    ...(open.length === 0
      ? []
      : [
          `Without --yes you are asked about them. Or name those to serve in a file for --answers: serve: [${open.join(', ')}]`,
        ]),
  ].join('\n')
}

async function choicesFor(
  { yes, answers }: InitOptions,
  proposeWith: (choices: Choices) => Proposal,
): Promise<Choices> {
  if (answers !== undefined) {
    const choices = await readAnswers(answers)
    checkAnswers(choices, proposeWith)
    return choices
  }
  return yes ? {} : await askAll(proposeWith)
}

/** Schemas with tables of the database's own: not Postgres', not an extension's, not Rowgate's. */
async function schemasOf(owner: Owner): Promise<string[]> {
  const { rows } = await owner(
    `select distinct n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_'
       and n.nspname not in ('information_schema', 'rowgate', 'agent', 'drizzle')
       and has_schema_privilege(n.oid, 'usage')
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by 1`,
  ).catch((error: unknown) => {
    if (error instanceof PostgresError) throw new Refusal(`The catalogue cannot be read: ${error.message}.`)
    throw error
  })
  return rows.map(([name]) => name ?? '')
}

/** `shop_live` of `postgres://owner@host/Shop-Live`. */
function sourceName(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname.slice(1))
    .toLowerCase()
    .replaceAll(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, NAME_MAX_LENGTH)
  return name === '' || name === 'postgres' ? 'app' : name
}

function refuseTaken(text: string | undefined, source: string): void {
  if (text === undefined || !hasSource(text, source)) return
  throw new Refusal(
    `rowgate.yaml has a source "${source}" already, and init changes nothing that is there: edit it, run \`rowgate sync\` for what has changed, or name another with --source.`,
  )
}

function summary({ tables, tenant }: Proposal, file: string, fresh: boolean): string[] {
  const served = tables.filter(({ rows }) => rows !== undefined)
  const columns = served.flatMap(({ columns: list }) => list)
  const masked = columns.filter(({ shown }) => shown !== 'show' && shown !== 'hide').length
  const hidden = columns.filter(({ shown }) => shown === 'hide').length
  const shared = served.filter((each) => each.scope !== undefined)
  const scope = shared[0]?.scope
  const whose = tenant === undefined ? '' : `, by ${tenant.column} from the claim ${tenant.claim}`
  return [
    `${fresh ? 'Wrote' : 'Added to'} ${file}: ${served.length} of ${tables.length} tables${whose}; ${masked} ${masked === 1 ? 'column' : 'columns'} masked, ${hidden} left out.`,
    ...(shared.length === 0
      ? []
      : [
          `No column says whose the rows of ${shared.length} ${shared.length === 1 ? 'table' : 'tables'} are: whoever has the scope ${scope} sees every row. If one does, name it (\`tenant: COLUMN\` in a file for --answers, or run it without --yes).`,
        ]),
    'Nothing in the database was changed. Read the file, then:',
    '',
    '    npx rowgate plan     shows what it means, measured',
    '    npx rowgate up       makes it, after asking',
    '    npm start            serves it',
  ]
}
