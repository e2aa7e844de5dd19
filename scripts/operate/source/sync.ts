/**
 * `rowgate sync` says what has changed in each source's database since the last `rowgate up` and proposes
 * lines for `rowgate.yaml`; `rowgate check` fails where something is broken. Both only read, and open
 * nothing.
 */

import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { readCatalogue } from './catalogue.ts'
import { type Drift, type DriftItem, driftOf } from './drift.ts'
import { eachSource, type SourceOptions } from './each-source.ts'
import { sourceFileHash } from './file-hash.ts'
import type { Choices } from './init/proposal.ts'
import { propose } from './init/propose.ts'
import { readShapes } from './init/samples.ts'
import { CATALOGUE_LIMIT_MS, reading } from './reading.ts'
import type { DeclaredSource } from './source-plan.ts'
import { schemasOf } from './views.ts'

export async function sync(options: SourceOptions): Promise<void> {
  for (const [source, drift] of await drifts(options)) print(driftText(source, drift))
}

/** For CI: throws a `Refusal` where a caller would meet something broken. */
export async function check(options: SourceOptions): Promise<void> {
  const found = await drifts(options)
  for (const [source, drift] of found) print(driftText(source, drift))
  const broken = found.filter(([, drift]) => drift.broken.length > 0).map(([source]) => source)
  if (broken.length === 0) return
  throw new Refusal(`${broken.join(', ')}: the database and rowgate.lock.json do not fit, see above.`)
}

async function drifts(options: SourceOptions): Promise<(readonly [string, Drift])[]> {
  return await eachSource(options, async (owner, source) => [source.name, await driftOfSource(owner, source)])
}

async function driftOfSource(owner: Owner, { name, file, root, previous }: DeclaredSource): Promise<Drift> {
  const catalogue = await readCatalogue(reading(owner, CATALOGUE_LIMIT_MS), schemasOf(file))
  const shapes = await readShapes(owner, catalogue.tables)
  const { tables } = propose({ source: name, catalogue, shapes }, choicesOf(file))
  return driftOf({
    ...{ file, fileHash: sourceFileHash(file, root), lock: previous, catalogue, proposed: tables },
  })
}

/** New tables are proposed by the identity that the file has. */
function choicesOf({ identity }: SourceFile): Choices {
  return {
    tenant: identity?.tenant?.column ?? 'none',
    claim: identity?.tenant?.claim,
    user: identity?.user?.lookup ?? 'none',
  }
}

function driftText(source: string, { broken, fresh }: Drift): string {
  if (broken.length + fresh.length === 0) return `${source}: nothing has changed.`
  return [
    ...(broken.length > 0
      ? [`${source}: broken until rowgate.yaml is changed and \`rowgate up\` is run:`]
      : []),
    ...broken.flatMap(itemLines),
    ...(fresh.length > 0 ? [`${source}: closed until rowgate.yaml has these lines:`] : []),
    ...fresh.flatMap(itemLines),
  ].join('\n')
}

function itemLines({ table, said, lines = [] }: DriftItem): string[] {
  return [`  ${table === undefined ? '' : `${table}: `}${said}`, ...lines.map((line) => `      ${line}`)]
}
