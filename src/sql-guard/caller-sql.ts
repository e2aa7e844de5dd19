/** Caller-written SQL: the guard accepts it, then it runs inside a statement of ours. */

import type { CallerStatement, Postgres, TextRows } from '../data/postgres/capability.ts'
import { RowgateError } from '../infra/errors.ts'
import { subjectAt } from './error-subject.ts'
import { type Accepted, checkQuery } from './guard.ts'
import { withNearestNames } from './nearest-names.ts'
import { parse } from './parser/parse.ts'
import type { Access } from './rules/relations.ts'
import type { Query } from './schema.ts'

/** The parts of an accepted query that running it needs. */
export interface CallerSql {
  /** The statement alone, without semicolons. */
  readonly query: string
  /** Characters in front of it in the caller's text. */
  readonly before: number
  readonly parameters: Query['parameters']
  readonly access: Access
  readonly newest?: Accepted['newest']
}

/** A statement of ours around a query. */
export interface Wrapped {
  readonly text: string
  /** Our part of `text`, in front of the query. */
  readonly lead: string
  /** Characters after `lead` that are the caller's own, in their positions; all without it. */
  readonly unchanged?: number
}

/** Returns the guard's verdict on a query, and throws QUERY_REJECTED where it refuses it. */
export async function acceptQuery(
  sql: string,
  parameters: Query['parameters'],
  access: Access,
): Promise<Accepted> {
  const parsed = await parse(sql)
  if (!parsed.ok) {
    const details = parsed.position === undefined ? {} : { details: { position: parsed.position } }
    throw new RowgateError('QUERY_REJECTED', parsed.reason, details)
  }
  const verdict = checkQuery(parsed.tree, access, parameters)
  if (!verdict.ok) {
    throw new RowgateError('QUERY_REJECTED', verdict.reason, { details: { subject: verdict.subject } })
  }
  if (verdict.parameters !== parameters.length) {
    const message = `The query uses ${verdict.parameters} parameters, and \`parameters\` holds ${parameters.length}.`
    throw new RowgateError('VALIDATION_ERROR', message)
  }
  return verdict
}

/** Runs an accepted query inside its wrapper. An error's place is in the caller's own text. */
export async function runCallerSql(
  postgres: Postgres,
  { query, before, parameters, access, newest }: CallerSql,
  { text, lead, unchanged = Number.POSITIVE_INFINITY }: Wrapped,
  explain?: CallerStatement['explain'],
): Promise<TextRows> {
  const statement: CallerStatement = {
    text,
    parameters: parameters.map((value) => (value === null ? null : String(value))),
    searchPath: access.schemas,
    newest,
    explain,
    placeAt(position) {
      const at = position - 1 - lead.length
      const subject = at < unchanged ? subjectAt(query, at) : undefined
      return subject === undefined ? undefined : { subject, position: before + at + 1 }
    },
  }
  return await postgres.runCallerSql(statement).catch(async (error: unknown) => {
    throw await withNearestNames(error, postgres, query, access)
  })
}
