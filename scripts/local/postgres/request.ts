/** Parses a request of Neon's HTTP protocol, or throws the sentence that says what is wrong with it. */

import type { IncomingHttpHeaders } from 'node:http'
import * as z from 'zod'
import type { Login, Statement } from './backend.ts'

/** Drivers send values as text. Other JSON, typed by hand, is converted to text here. */
const value = z.unknown().transform((given) => {
  if (given === null || given === undefined) return null
  return typeof given === 'string' ? given : JSON.stringify(given)
})
const statement = z
  .object({ query: z.string(), params: z.array(value).default([]) })
  .transform(({ query, params }): Statement => ({ query, params }))
const body = z.union([z.object({ queries: z.array(statement) }), statement])

const isolationLevels = {
  ReadUncommitted: 'READ UNCOMMITTED',
  ReadCommitted: 'READ COMMITTED',
  RepeatableRead: 'REPEATABLE READ',
  Serializable: 'SERIALIZABLE',
} as const

const flag = z
  .enum(['true', 'false'])
  .optional()
  .transform((text) => (text === undefined ? undefined : text === 'true'))

const headers = z.object({
  'neon-connection-string': z.string(),
  'neon-raw-text-output': flag,
  'neon-array-mode': flag,
  'neon-batch-isolation-level': z
    .enum(['ReadUncommitted', 'ReadCommitted', 'RepeatableRead', 'Serializable'])
    .optional(),
  'neon-batch-read-only': flag,
  'neon-batch-deferrable': flag,
})

export interface QueryRequest {
  readonly login: Login
  readonly statements: readonly Statement[]
  /** The BEGIN statement of a batch; a single statement has none. */
  readonly begin: string | undefined
  readonly rawText: boolean
  readonly arrayMode: boolean
}

/** The request violates the protocol. The message is for the author of the client. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest'
}

export function readRequest(given: IncomingHttpHeaders, text: string): QueryRequest {
  const head = headers.safeParse(given)
  if (!head.success) throw new MalformedRequest(`The header ${sayIssue(head.error)}.`)
  const parsed = body.safeParse(readJson(text))
  if (!parsed.success) {
    throw new MalformedRequest('The body is neither { query, params } nor { queries: [{ query, params }] }.')
  }
  const batch = 'queries' in parsed.data
  return {
    login: readLogin(head.data['neon-connection-string']),
    statements: 'queries' in parsed.data ? parsed.data.queries : [parsed.data],
    begin: batch ? openTransaction(head.data) : undefined,
    rawText: head.data['neon-raw-text-output'] ?? false,
    arrayMode: head.data['neon-array-mode'] ?? false,
  }
}

function openTransaction(head: z.output<typeof headers>): string {
  const level = head['neon-batch-isolation-level']
  const readOnly = head['neon-batch-read-only']
  const deferrable = head['neon-batch-deferrable']
  return [
    'BEGIN',
    level && `ISOLATION LEVEL ${isolationLevels[level]}`,
    readOnly !== undefined && (readOnly ? 'READ ONLY' : 'READ WRITE'),
    deferrable !== undefined && (deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE'),
  ]
    .filter(Boolean)
    .join(' ')
}

function readLogin(connectionString: string): Login {
  const url = URL.canParse(connectionString) ? new URL(connectionString) : undefined
  if (url === undefined || !/^postgres(ql)?:$/.test(url.protocol) || url.username === '') {
    throw new MalformedRequest(
      'The header neon-connection-string is not postgres://user:password@host/database.',
    )
  }
  const user = decode(url.username)
  return { user, password: decode(url.password), database: decode(url.pathname.slice(1)) || user }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (error) {
    throw new MalformedRequest('The header neon-connection-string holds a broken % escape.', { cause: error })
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new MalformedRequest('The body is not JSON.', { cause: error })
  }
}

function sayIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return `${issue?.path.join('.') ?? ''} is wrong: ${issue?.message ?? 'unreadable'}`
}
