/** The interface between the HTTP endpoint and a Postgres, embedded or a real server. */

/** The login in a connection string. The server's address in it is ignored. */
export interface Login {
  readonly user: string
  readonly password: string
  readonly database: string
}

/** Values are text, which Postgres parses. */
export interface Statement {
  readonly query: string
  readonly params: readonly (string | null)[]
}

export interface Field {
  readonly name: string
  readonly dataTypeID: number
  readonly tableID: number
  readonly columnID: number
  readonly dataTypeSize: number
  readonly dataTypeModifier: number
  readonly format: string
}

/** Values are text, as Postgres prints them. */
export interface Result {
  readonly fields: readonly Field[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** First word of the command tag; empty for an empty query. */
  readonly command: string
  readonly rowCount: number | null
}

/** One request: a single statement, or several in one transaction. */
export interface Work {
  readonly statements: readonly Statement[]
  /** The BEGIN of a transaction. */
  readonly begin: string | undefined
}

export interface Client {
  readonly login: Login
  /** For fair scheduling: callers take turns. */
  readonly caller: string
}

/** Runs a script as the owner by the simple protocol, and gives the result of the last statement. */
export type Owner = (sql: string) => Promise<Result>

export interface Backend {
  /**
   * Waits for the caller's turn, logs in, runs each statement by the extended protocol in a clean session,
   * and gives the results of `statements`. Throws `PostgresError`. Nothing of it is left for the next caller.
   */
  run(client: Client, signal: AbortSignal, work: Work): Promise<readonly Result[]>
  /** Runs a script as the owner by the simple protocol, and gives the last statement's result. */
  owner(sql: string): Promise<Result>
  close(): Promise<void>
}

const FIELDS = [
  'severity',
  'code',
  'detail',
  'hint',
  'position',
  'internalPosition',
  'internalQuery',
  'where',
  'schema',
  'table',
  'column',
  'dataType',
  'constraint',
  'file',
  'line',
  'routine',
] as const

/** An ErrorResponse of Postgres, with the protocol's fields. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  readonly fields: Readonly<Record<string, string>>

  constructor(code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message)
    this.fields = { severity: 'ERROR', ...fields, code }
  }

  /** Converts a driver's error that has a SQLSTATE; undefined for any other error. */
  static from(error: unknown): PostgresError | undefined {
    if (!(error instanceof Error)) return undefined
    const said = new Map(Object.entries(error))
    const fields: Record<string, string> = {}
    for (const name of FIELDS) {
      const value: unknown = said.get(name)
      if (typeof value === 'string') fields[name] = value
    }
    const { code, severity } = fields
    if (code === undefined || severity === undefined) return undefined
    return new PostgresError(code, error.message, fields)
  }
}

/** Unknown user, wrong password and a role without login get the same error, as from Postgres. */
export function loginRefused(user: string): PostgresError {
  return new PostgresError('28P01', `password authentication failed for user "${user}"`, {
    severity: 'FATAL',
  })
}
