/**
 * Recognises values by a sample. Postgres counts the values that match a pattern, and only the counts leave
 * it: no value is read, printed or kept.
 */

import { type Owner, PostgresError } from '../../../local/postgres/backend.ts'
import { identifier, literal } from '../../../local/postgres/literal.ts'
import type { CatalogueColumn, CatalogueTable } from '../catalogue.ts'
import { reading } from '../reading.ts'

export type Shape = 'secret' | 'email' | 'card' | 'phone'

/** By `schema.table.column`. */
export type Shapes = ReadonlyMap<string, Shape>

const ROWS = 200
/** Of the values that are not null. Free text that names an address here and there is not an address. */
const LEAST_SHARE = 0.5
const LEAST_VALUES = 3
/** Of one table's sample. */
const SAMPLE_LIMIT_MS = 2_000

/** The first that enough values match. For JSON the pattern may match anywhere within. */
const PATTERNS: Readonly<Record<Shape, { readonly whole: string; readonly within: string }>> = {
  secret: {
    // bcrypt, argon2, JWTs, long hexadecimal or base64 without a space, PEM.
    whole: String.raw`^(\$2[aby]\$|\$argon2|eyJ[\w-]{8,}\.|-----BEGIN |(sk|pk|whsec|ghp|xox[bp])[_-]|[0-9a-f]{40,}$|[A-Za-z0-9+/_-]{43,}=*$)`,
    within: String.raw`(\$2[aby]\$\d\d\$|\$argon2|eyJ[\w-]{8,}\.eyJ|-----BEGIN )`,
  },
  email: {
    whole: String.raw`^[^@\s]+@[^@\s]+\.[A-Za-z]{2,}$`,
    within: String.raw`[\w.+-]+@[\w-]+\.[A-Za-z]{2,}`,
  },
  card: {
    whole: String.raw`^(\d{4}[ -]?){3}\d{3,4}$|^[A-Z]{2}\d{2}[A-Z0-9 ]{11,30}$`,
    within: String.raw`"\d{15,16}"`,
  },
  phone: {
    whole: String.raw`^\+\d[\d ()/.-]{6,18}$|^\(?0\d[\d ()/-]{6,16}$`,
    within: String.raw`"\+\d[\d ()/.-]{6,18}"`,
  },
}

const SHAPES = ['secret', 'email', 'card', 'phone'] as const

/** A table that cannot be read in time, or not at all, has no shapes. */
export async function readShapes(connected: Owner, tables: readonly CatalogueTable[]): Promise<Shapes> {
  const owner = reading(connected, SAMPLE_LIMIT_MS)
  const shapes = new Map<string, Shape>()
  for (const table of tables) {
    const columns = table.columns.filter(mayHoldText)
    if (columns.length === 0) continue
    const counts = await countMatches(owner, table, columns)
    for (const [at, column] of columns.entries()) {
      const [values = 0, ...matches] = counts.slice(at * (SHAPES.length + 1), (at + 1) * (SHAPES.length + 1))
      const found = matches.findIndex((count) => values >= LEAST_VALUES && count >= values * LEAST_SHARE)
      const shape = SHAPES[found]
      if (shape !== undefined) shapes.set(`${table.schema}.${table.name}.${column.name}`, shape)
    }
  }
  return shapes
}

function mayHoldText({ baseType, typeKind }: CatalogueColumn): boolean {
  return (
    (typeKind === 'base' || typeKind === 'domain') && /^(text|character|citext|json|jsonb)\b/.test(baseType)
  )
}

async function countMatches(
  owner: Owner,
  { schema, name }: CatalogueTable,
  columns: readonly CatalogueColumn[],
): Promise<number[]> {
  const counts = columns.flatMap(({ name: column, baseType, isArray }) => {
    const value = `${identifier(column)}::text`
    const where = /^json/.test(baseType) || isArray ? 'within' : 'whole'
    return [
      `count(${identifier(column)})`,
      ...SHAPES.map((shape) => `count(*) filter (where ${value} ~ ${literal(PATTERNS[shape][where])})`),
    ]
  })
  const from = `(select ${columns.map((column) => identifier(column.name)).join(', ')} from ${identifier(schema)}.${identifier(name)} limit ${ROWS}) s`
  try {
    const { rows } = await owner(`select ${counts.join(', ')} from ${from}`)
    return (rows[0] ?? []).map(Number)
  } catch (error) {
    if (error instanceof PostgresError) return []
    throw error
  }
}
