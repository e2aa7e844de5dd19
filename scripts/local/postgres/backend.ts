/** What the endpoint asks of a Postgres, so that the embedded one and a real server stand behind the same front. */

/** What a connection string says of who connects. The server's address is never taken from it. */
export interface Login {
  readonly user: string
  readonly password: string
  readonly database: string
}

/** One statement with its values as the text that Postgres parses. */
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

/** What a statement gave, its values as the text that Postgres prints. */
export interface Result {
  readonly fields: readonly Field[]
  readonly rows: readonly (readonly (string | null)[])[]
  /** The command tag's first word; empty for an empty query. */
  readonly command: string
  readonly rowCount: number | null
}

export interface Session {
  /** Runs one statement by the extended protocol; throws what Postgres said as a `PostgresError`. */
  run(statement: Statement): Promise<Result>
}

export interface Client {
  readonly login: Login
  /** Whose work it is: callers take turns. */
  readonly caller: string
}

/** Runs any number of statements as the owner of the database, by the simple protocol; gives the last one's result. */
export type Owner = (sql: string) => Promise<Result>

export interface Backend {
  /**
   * Waits for the caller's turn, logs in, lends the work a session of its own, and leaves nothing of it behind, whatever
   * happened.
   */
  session<T>(client: Client, signal: AbortSignal, work: (session: Session) => Promise<T>): Promise<T>
  /** Runs any number of statements as the owner, by the simple protocol, and gives the last one's result. */
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

/** What Postgres said was wrong, field by field as its protocol names them. */
export class PostgresError extends Error {
  override readonly name = 'PostgresError'
  readonly fields: Readonly<Record<string, string>>

  constructor(code: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message)
    this.fields = { severity: 'ERROR', ...fields, code }
  }

  /** Takes over a driver's error that carries a SQLSTATE; anything else is not Postgres speaking. */
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

/** One answer for an unknown user, a wrong password and a role that may not log in, as Postgres gives it. */
export function loginRefused(user: string): PostgresError {
  return new PostgresError('28P01', `password authentication failed for user "${user}"`, {
    severity: 'FATAL',
  })
}
