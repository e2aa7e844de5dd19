/** Embeddings from any server with OpenAI's protocol (POST /embeddings). */

import * as z from 'zod'
import { cancelledError, RowgateError } from '../infra/errors.ts'
import type { Embedder } from './embedding.ts'
import { toVectors, unusable } from './vectors.ts'

interface OpenAiSettings {
  /** The base URL, without `/embeddings`. */
  readonly url: string
  readonly model: string
  readonly key?: string | undefined
  /** Timeout in milliseconds, for tests. */
  readonly timeoutMs?: number
}

/** In milliseconds. A text normally takes a fraction of a second. */
const TIMEOUT_MS = 10_000

const answer = z.object({
  data: z.array(z.object({ index: z.int().nonnegative(), embedding: z.array(z.number()) })),
})

export function createOpenAiEmbedder({ url, model, key, timeoutMs = TIMEOUT_MS }: OpenAiSettings): Embedder {
  const endpoint = `${url.replace(/\/+$/, '')}/embeddings`
  const headers = {
    'Content-Type': 'application/json',
    ...(key !== undefined && { Authorization: `Bearer ${key}` }),
  }
  return {
    model,
    async embed(texts, signal) {
      const body = JSON.stringify({ model, input: texts, encoding_format: 'float' })
      const deadline = AbortSignal.timeout(timeoutMs)
      const json = await post(endpoint, { headers, body }, signal, deadline)
      const parsed = answer.safeParse(json)
      if (!parsed.success) throw unusable('it does not have the form that the protocol defines', parsed.error)
      const ordered = parsed.data.data.toSorted((a, b) => a.index - b.index)
      return toVectors(
        ordered.map(({ embedding }) => embedding),
        texts.length,
      )
    },
  }
}

/**
 * Returns the response's JSON. Other responses are discarded, also for the log: their body may repeat the
 * text or the key.
 */
async function post(
  endpoint: string,
  init: { headers: Record<string, string>; body: string },
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<unknown> {
  let response: Response
  let text = ''
  try {
    // Redirects are refused: the headers hold the key.
    response = await fetch(endpoint, {
      ...init,
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.any([signal, deadline]),
    })
    if (response.ok) text = await response.text()
    else await response.body?.cancel()
  } catch (cause) {
    if (signal.aborted) throw cancelledError(cause)
    throw unreachable(deadline.aborted, cause)
  }
  if (!response.ok) throw refused(response.status)
  try {
    return JSON.parse(text)
  } catch {
    // No `cause`: the parser's error quotes its input.
    throw unusable('it is not JSON')
  }
}

function unreachable(late: boolean, cause: unknown): RowgateError {
  const message = late
    ? 'The embedding service did not answer in time; try again shortly.'
    : 'The embedding service cannot be reached; try again shortly.'
  return new RowgateError('UNAVAILABLE', message, { cause, retryable: true })
}

function refused(status: number): RowgateError {
  const cause = new Error(`The embedding service answered with HTTP status ${status}.`)
  if (status === 429) {
    return new RowgateError(
      'RATE_LIMITED',
      'The embedding service has reached its rate limit; try again in a minute.',
      {
        cause,
        retryable: true,
      },
    )
  }
  if (status >= 500) return unreachable(false, cause)
  return new RowgateError(
    'UNAVAILABLE',
    'The embedding service refuses the request. The operator checks EMBEDDER_URL, EMBEDDER_MODEL and EMBEDDER_KEY.',
    { cause },
  )
}
