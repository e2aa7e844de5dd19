/**
 * The embedded Postgres: PGlite in a thread, one session at a time. PGlite has no logins, only its superuser.
 * A login here is a verified password and SET SESSION AUTHORIZATION. Each statement runs in one transaction
 * with a check that fails if the session's user has changed. The check cannot see a change that a statement
 * makes and reverts itself; only a real server's login protects against that.
 */

import { mkdir, rm } from 'node:fs/promises'
import {
  type Backend,
  type Login,
  loginRefused,
  PostgresError,
  type Result,
  type Statement,
  type Work,
} from './backend.ts'
import { createPasswordCheck } from './password.ts'
import { PgliteThread } from './pglite-thread.ts'
import { RESET } from './reset.ts'
import { throwawayDirectory } from './temp-cluster.ts'
import { createTurns } from './turns.ts'
import { decodeAnswer, encodePipeline, encodeScript } from './wire.ts'

/** The Worker's default request timeout: nobody waits longer. */
const STATEMENT_LIMIT_MS = 30_000
/**
 * Memory that the session may keep between two callers, in bytes: several times that of a day's work. Time
 * zones and anonymous row types stay until the session ends, and too many of them make every call fail.
 */
const SESSION_LIMIT_BYTES = 32 * 1024 * 1024
const TOO_LARGE = `select sum(total_bytes) > ${SESSION_LIMIT_BYTES} from pg_backend_memory_contexts`
/** PGlite's only database. */
const DATABASE = 'postgres'
/** PGlite's initial user. RESET does not restore it, because PGlite never logged in. */
const OWNER = 'postgres'

/**
 * Fails (division by zero) if the session's user has changed. Operators are schema-qualified, so a caller
 * cannot replace them.
 */
const SAME_SESSION =
  'select 1 operator(pg_catalog./) (session_user operator(pg_catalog.=) $1::pg_catalog.name)::pg_catalog.int4'

interface Options {
  readonly dataDirectory?: string
  readonly statementLimitMs?: number
}

export async function openPglite({ dataDirectory, statementLimitMs }: Options): Promise<Backend> {
  const limitMs = statementLimitMs ?? STATEMENT_LIMIT_MS
  const directory = dataDirectory ?? (await copyEmptyCluster())
  await mkdir(directory, { recursive: true, mode: 0o700 })
  const engine = new PgliteThread(directory, limitMs)
  await engine.open()
  const takeTurn = createTurns({ places: 1, placesPerCaller: 1 })
  const passwordFits = createPasswordCheck()
  return {
    run: ({ login, caller }, signal, work) =>
      takeTurn(caller, async () => {
        signal.throwIfAborted()
        await logIn(engine, login, passwordFits)
        try {
          return await runStatements(sessionOf(engine, login.user, signal), work, signal)
        } finally {
          await leave(engine)
        }
      }),
    owner: (sql) =>
      takeTurn(OWNER, async () => {
        try {
          return lastResult(await engine.send(encodeScript(sql)))
        } finally {
          await leave(engine)
        }
      }),
    close: () =>
      takeTurn(OWNER, async () => {
        await engine.close()
        if (dataDirectory === undefined) await rm(directory, { recursive: true, force: true })
      }),
  }
}

/** Gives a new data folder with an empty cluster. initdb takes seconds, so it runs once per machine. */
export function copyEmptyCluster(): Promise<string> {
  return throwawayDirectory(makeCluster)
}

async function makeCluster(folder: string): Promise<void> {
  const engine = new PgliteThread(folder, STATEMENT_LIMIT_MS)
  await engine.open()
  await engine.close()
}

async function logIn(
  engine: PgliteThread,
  { user, password, database }: Login,
  passwordFits: ReturnType<typeof createPasswordCheck>,
): Promise<void> {
  const roles = await engine.send(
    encodePipeline([
      { query: 'select rolpassword from pg_authid where rolname = $1 and rolcanlogin', params: [user] },
    ]),
  )
  const verifier = lastResult(roles).rows[0]?.[0] ?? null
  if (!(await passwordFits(password, verifier))) throw loginRefused(user)
  if (database !== DATABASE) {
    throw new PostgresError('3D000', `database "${database}" does not exist`, { severity: 'FATAL' })
  }
  const quoted = `"${user.replaceAll('"', '""')}"`
  lastResult(await engine.send(encodeScript(`SET SESSION AUTHORIZATION ${quoted}`)))
}

/** Stops between statements when the client has gone; whoever calls it rolls back. */
async function runStatements(
  run: (statement: Statement) => Promise<Result>,
  { statements, begin }: Work,
  signal: AbortSignal,
): Promise<Result[]> {
  const results: Result[] = []
  if (begin !== undefined) await run({ query: begin, params: [] })
  for (const statement of statements) {
    signal.throwIfAborted()
    results.push(await run(statement))
  }
  signal.throwIfAborted()
  if (begin !== undefined) await run({ query: 'COMMIT', params: [] })
  return results
}

function sessionOf(
  engine: PgliteThread,
  user: string,
  signal: AbortSignal,
): (statement: Statement) => Promise<Result> {
  const check = { query: SAME_SESSION, params: [user] }
  return async (statement) => {
    const { results, error } = decodeAnswer(await engine.send(encodePipeline([statement, check]), signal))
    const [result] = results
    if (result === undefined) throw error ?? unanswered()
    if (error !== undefined)
      throw new PostgresError('42501', 'permission denied to set session authorization')
    return result
  }
}

/**
 * Rolls back, resets all settings and becomes the owner again. Restarts PGlite if the session has grown too
 * large.
 */
async function leave(engine: PgliteThread): Promise<void> {
  const steps = ['ROLLBACK', RESET, `SET SESSION AUTHORIZATION ${OWNER}`]
  const { results, error, idle } = decodeAnswer(
    await engine.send(Buffer.concat([...steps, TOO_LARGE].map(encodeScript))),
  )
  const isTooLarge = results.at(-1)?.rows[0]?.[0] === 't'
  if (error !== undefined || !idle || isTooLarge) await engine.restart()
}

function lastResult(bytes: Uint8Array): Result {
  const { results, error } = decodeAnswer(bytes)
  if (error !== undefined) throw error
  const result = results.at(-1)
  if (result === undefined) throw unanswered()
  return result
}

function unanswered(): Error {
  return new Error('The embedded Postgres did not answer a statement.')
}
