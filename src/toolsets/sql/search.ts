/** `search_schema`: from words to the tables, columns, enum values and join paths that mean them. */

import { clip } from '../../infra/text.ts'
import type { Services } from '../../toolkit/services.ts'
import { joinsBetween } from './joins.ts'
import type { FoundSchema } from './schema.ts'
import type { SearchedTable } from './searched.ts'

type RelatedWords = Services['relatedWords']
/** The words of a text, each with its part in the score. */
type Weighted = Parameters<RelatedWords['score']>[1][number]

/** An answer is read at once: a handful of each kind. */
const MOST = { tables: 5, columns: 10, values: 5 } as const
const LEAST_SCORE = 0.3
/** Of each kind, a weaker match than this share of the best one is noise. */
const OF_THE_BEST = 0.5
/** Weight of a word that stands in a comment or a table, not in the thing's own name. */
const IN_COMMENT = 0.8
const IN_TABLE = 0.6

interface Candidate {
  readonly kind: keyof typeof MOST
  readonly table: string
  readonly text: string
  readonly words: Weighted
}

export async function searchSchema(
  tables: readonly SearchedTable[],
  text: string,
  related: RelatedWords,
): Promise<FoundSchema> {
  const candidates = tables.flatMap((table) => candidatesOf(table, related))
  const scores = await related.score(
    related.split(text),
    candidates.map(({ words }) => words),
  )
  const ranked = candidates
    .map((candidate, at) => ({ ...candidate, score: scores[at] ?? 0 }))
    .filter(({ score }) => score >= LEAST_SCORE)
    .sort((a, b) => b.score - a.score)
  const kept = Object.entries(MOST).flatMap(([kind, most]) => {
    const alike = ranked.filter((candidate) => candidate.kind === kind)
    const least = (alike[0]?.score ?? 0) * OF_THE_BEST
    return alike.filter(({ score }) => score >= least).slice(0, most)
  })
  const texts = (kind: keyof typeof MOST) =>
    kept.filter((each) => each.kind === kind).map((each) => each.text)
  const found = ranked.map(({ table }) => table).filter((table) => kept.some((each) => each.table === table))
  return {
    tables: texts('tables'),
    columns: texts('columns'),
    values: texts('values'),
    joins: joinsBetween(tables, [...new Set(found)].slice(0, MOST.tables)),
  }
}

function candidatesOf(table: SearchedTable, { split }: RelatedWords): Candidate[] {
  const weighted = (text: string | null | undefined, share: number): Weighted =>
    split(text ?? '').map((word) => [word, share] as const)
  const ofTable = weighted(table.name, IN_TABLE)
  const columns = table.columns.flatMap((column): Candidate[] => {
    const name = `${table.name}.${column.name}`
    const own = weighted(column.name, 1)
    const about = weighted(column.comment, IN_COMMENT)
    const values = (column.values ?? []).map((value): Candidate => {
      const words = [...weighted(value, 1), ...weighted(column.name, IN_COMMENT), ...ofTable]
      return { kind: 'values', table: table.name, text: `${name} = '${value}'`, words }
    })
    const text = described(`${name} ${column.type}`, column.comment)
    // Only the table's name would find every column of it.
    return [{ kind: 'columns', table: table.name, text, words: [...own, ...about] }, ...values]
  })
  const words = [...weighted(table.name, 1), ...weighted(table.comment, IN_COMMENT)]
  return [
    { kind: 'tables', table: table.name, text: described(table.name, table.comment), words },
    ...columns,
  ]
}

function described(name: string, comment: string | null | undefined): string {
  const line = comment?.split('\n')[0] ?? ''
  return line === '' ? name : `${name}: ${clip(line)}`
}
