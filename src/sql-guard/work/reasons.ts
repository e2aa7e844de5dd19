/**
 * Messages for queries that would keep Postgres busy too long without an interrupt check, and what to write
 * instead.
 */

interface Call {
  readonly name: string
  readonly sizes: readonly number[]
}

export function tooManySteps({ name, sizes }: Call): string {
  const large = sizes
    .filter((size) => size > 1)
    .map((size) => Math.round(size).toLocaleString('en'))
    .join(' and ')
  return (
    `\`${name}\` would work on values of up to ${large} bytes, and could not be cancelled meanwhile: make one of them smaller ` +
    'with `left(x, 100)`, filter or aggregate less, or compare row by row with a join over `unnest` or `jsonb_array_elements`.'
  )
}

export function tooLarge(name: string, bytes: number): string {
  if (/^(jsonb|numeric)$/.test(name)) {
    return (
      `A text that the query builds could contain numbers of 131,072 digits (\`1e131071\`) as \`${name}\`: ` +
      'build the value with `jsonb_agg`, `jsonb_build_object` or numbers instead.'
    )
  }
  const much = Number.isFinite(bytes) ? `up to ${Math.round(bytes / 1_000_000)} MB` : 'no known size'
  return `\`${name}\` would make a value of ${much}, and 10 MB are allowed: collect fewer rows, or shorter texts.`
}

export function tooManyParts(): string {
  return (
    'Postgres inlines the expressions of a subquery wherever their names are used, and those of this query become ' +
    'more than 20,000 parts: use fewer names, or keep a step apart with `with x as materialized (…)`.'
  )
}

export function joinedTime(type: string): string {
  return (
    `A text that the query builds is not cast to \`${type}\`, since it may name any time zone: use ` +
    "`make_date(y, m, d)`, `make_timestamp(…)`, or `to_date(x, 'YYYY-MM-DD')` and `to_timestamp(x, 'YYYY-MM-DD HH24:MI:SS')`."
  )
}
