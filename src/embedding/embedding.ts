/** What an embedder is, whichever model is behind it. */

/** Width of every embedding, whatever the model: one column holds them all. */
export const EMBEDDING_DIMENSIONS = 1536

/** Turns texts into vectors: the closer two texts in meaning, the larger the cosine of their vectors. */
export interface Embedder {
  /** The model's name: only vectors of one model can be compared. */
  readonly model: string
  /** One vector per text, in order, `EMBEDDING_DIMENSIONS` wide; a narrower model's are padded with zeros. */
  embed(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>
}
