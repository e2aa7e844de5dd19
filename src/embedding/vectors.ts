/** Validates a model's vectors. */

import { RowgateError } from '../infra/errors.ts'
import { EMBEDDING_DIMENSIONS } from './embedding.ts'

/** Expects one vector per text. Shorter vectors are padded with zeros, which does not change cosines. */
export function toVectors(vectors: readonly (readonly number[])[], count: number): Float32Array[] {
  if (vectors.length !== count) throw unusable(`${vectors.length} vectors for ${count} texts`)
  return vectors.map((vector) => {
    if (vector.length === 0 || vector.length > EMBEDDING_DIMENSIONS) {
      throw unusable(`a vector of ${vector.length} dimensions; 1 to ${EMBEDDING_DIMENSIONS} can be stored`)
    }
    if (!vector.every(Number.isFinite)) throw unusable('a vector with a value that is no number')
    const padded = new Float32Array(EMBEDDING_DIMENSIONS)
    padded.set(vector)
    return padded
  })
}

/** Not retryable: the model would answer the same again. `reason` is our own text, for the operator. */
export function unusable(reason: string, cause?: unknown): RowgateError {
  return new RowgateError('UNAVAILABLE', `The embedding model's answer cannot be used: ${reason}.`, { cause })
}
