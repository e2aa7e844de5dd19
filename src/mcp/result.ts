/** The result envelope, for success and error alike. */

import type { CallToolResult } from '@modelcontextprotocol/server'
import type { Got } from '../infra/cache/cache.ts'
import { RowgateError } from '../infra/errors.ts'

interface ErrorEnvelope {
  status: 'error'
  error: { code: string; message: string; retryable: boolean; details?: Readonly<Record<string, unknown>> }
}

/**
 * The envelope as compact JSON, which is `structuredContent` and, unless the tool has a shorter one, the text
 * block.
 */
export interface SerializedResult {
  readonly json: string
  readonly text?: string
  readonly isError: boolean
  /** Present where the cache was asked. */
  readonly cache?: CacheNote
}

/** The member of a result's `_meta` that tells of the cache. */
export const CACHE_META_KEY = 'rowgate/cache'

/** Cache hit or miss, and the age of the entry. */
interface CacheNote {
  readonly status: 'hit' | 'miss'
  readonly age_ms: number
}

type TextOf = (data: unknown) => string

export function success(data: unknown, textOf?: TextOf): SerializedResult {
  const json = JSON.stringify({ status: 'success', data })
  return textOf === undefined ? { json, isError: false } : { json, text: textOf(data), isError: false }
}

export function fromCache({ value, status, ageMs }: Got<unknown>, textOf?: TextOf): SerializedResult {
  return { ...success(value, textOf), cache: { status, age_ms: ageMs } }
}

/**
 * The result of a handler that threw. A `RowgateError` keeps its message; anything else is INTERNAL, with a
 * message of ours and nothing of the cause.
 */
export function failure(cause: unknown): SerializedResult {
  const error =
    cause instanceof RowgateError
      ? cause
      : new RowgateError(
          'INTERNAL',
          'The tool failed on the server. A change that it had finished before remains; an unfinished one was not made.',
        )
  const envelope: ErrorEnvelope = {
    status: 'error',
    error: {
      code: error.code,
      message: error.message,
      retryable: error.retryable,
      ...(error.details !== undefined && { details: error.details }),
    },
  }
  return { json: JSON.stringify(envelope), isError: true }
}

/** The answer as MCP's CallToolResult (2026-07-28, server/tools, "Tool Result"). */
export function toCallToolResult(result: SerializedResult, structured: boolean): CallToolResult {
  return {
    content: [{ type: 'text', text: result.text ?? result.json }],
    ...(structured && { structuredContent: JSON.parse(result.json) }),
    ...(result.isError && { isError: true }),
    ...(result.cache !== undefined && { _meta: { [CACHE_META_KEY]: result.cache } }),
  }
}
