/** Embeddings from Cloudflare's Workers AI, by its binding. */

import * as z from 'zod'
import { RowgateError } from '../infra/errors.ts'
import { waitFor } from '../infra/resilience/timeout.ts'
import type { Embedder } from './embedding.ts'
import { toVectors, unusable } from './vectors.ts'

/** What is used of the binding `AI`. */
export interface WorkersAi {
  run(model: string, input: { text: readonly string[] }): Promise<unknown>
}

/** English, 768 dimensions, and the one that Cloudflare's own examples use. */
const DEFAULT_MODEL = '@cf/baai/bge-base-en-v1.5'

/** As for a service by URL: a search that waits longer is better tried again. */
const TIMEOUT_MS = 10_000

/**
 * The binding throws the service's words after their number. They may repeat the text, so the log has the
 * number alone.
 */
const NUMBER = /^\d{1,6}(?=:)/

const answer = z.object({ data: z.array(z.array(z.number())) })

export function createWorkersAiEmbedder(ai: WorkersAi, model: string = DEFAULT_MODEL): Embedder {
  return {
    model,
    async embed(texts, signal) {
      const output = await run(ai, model, texts, signal)
      const parsed = answer.safeParse(output)
      if (!parsed.success) throw unusable('it is not of the form that Workers AI documents', parsed.error)
      return toVectors(parsed.data.data, texts.length)
    },
  }
}

/** The binding takes no signal, so the wait ends and the work is left to itself. */
async function run(ai: WorkersAi, model: string, texts: readonly string[], signal: AbortSignal) {
  const bounds = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)])
  try {
    bounds.throwIfAborted()
    return await waitFor(ai.run(model, { text: texts }), { signal: bounds })
  } catch (thrown) {
    const cause = bounds.aborted ? thrown : withoutWords(thrown)
    throw new RowgateError('UNAVAILABLE', 'The embedding model cannot be reached; try again shortly.', {
      cause,
      retryable: true,
    })
  }
}

function withoutWords(thrown: unknown): Error {
  const [number] = NUMBER.exec(thrown instanceof Error ? thrown.message : '') ?? []
  return new Error(`Workers AI failed with ${number === undefined ? 'no number' : `number ${number}`}.`)
}
