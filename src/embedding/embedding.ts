/** The embedder's interface, the same for every model. */

/** Dimensions of every stored vector: one column holds those of all models. */
export const EMBEDDING_DIMENSIONS = 1536

/** Turns texts into vectors. The closer two texts in meaning, the larger the cosine of their vectors. */
export interface Embedder {
  /** The model's name. Only vectors of the same model can be compared. */
  readonly model: string
  /**
   * One vector per text, in order. A narrower model's vectors are padded with zeros to
   * `EMBEDDING_DIMENSIONS`.
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>
}

/** A text to be found: some words of it, each with its part in the score, up to 1. */
export type Weighted = readonly (readonly [word: string, share: number])[]

export interface RelatedWords {
  /** Words of a text or of an identifier (`customerId`, `customer_id`). */
  split(text: string): readonly string[]
  /** Scores each candidate against the words asked for, from 0 to 1. */
  score(asked: readonly string[], candidates: readonly Weighted[]): Promise<readonly number[]>
}
