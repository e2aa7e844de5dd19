/** Embeddings from Cloudflare's Workers AI. */

import * as z from 'zod'
import { RowgateError } from '../infra/errors.ts'
import { waitFor } from '../infra/resilience/timeout.ts'
import type { Embedder } from './embedding.ts'
import { toVectors, unusable } from './vectors.ts'

/** The part of the binding `AI` that is used. */
export interface WorkersAi {
  run(model: string, input: { text: readonly string[] }): Promise<unknown>
}

/** English, 768 dimensions; the model of Cloudflare's own examples. */
const DEFAULT_MODEL = '@cf/baai/bge-base-en-v1.5'

/** In milliseconds, as for OpenAI's protocol. */
const TIMEOUT_MS = 10_000

/**
 * The error code. The binding's message goes on with the service's text, which may repeat the input, so only
 * the code is logged.
 */
const NUMBER = /^\d{1,6}(?=:)/

const answer = z.object({ data: z.array(z.array(z.number())) })

export function createWorkersAiEmbedder(ai: WorkersAi, model: string = DEFAULT_MODEL): Embedder {
  return {
    model,
    async embed(texts, signal) {
      const output = await run(ai, model, texts, signal)
      const parsed = answer.safeParse(output)
      if (!parsed.success) throw unusable('it does not have the form that Workers AI documents', parsed.error)
      return toVectors(parsed.data.data, texts.length)
    },
  }
}

/** The binding takes no signal: after an abort the wait ends and the work goes on by itself. */
async function run(ai: WorkersAi, model: string, texts: readonly string[], signal: AbortSignal) {
  const bounds = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  try {
    bounds.throwIfAborted()
    return await waitFor(ai.run(model, { text: texts }), { signal: bounds })
  } catch (error) {
    const cause = bounds.aborted ? error : withoutText(error)
    throw new RowgateError('UNAVAILABLE', 'The embedding model cannot be reached; try again shortly.', {
      cause,
      retryable: true,
    })
  }
}

function withoutText(error: unknown): Error {
  const [number] = NUMBER.exec(error instanceof Error ? error.message : '') ?? []
  return new Error(`Workers AI failed with ${number === undefined ? 'no number' : `number ${number}`}.`)
}
