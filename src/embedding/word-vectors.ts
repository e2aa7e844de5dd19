/** Reads the built-in word vectors, which `scripts/build/word-vectors.ts` writes, without unpacking them. */

const HEADER_BYTES = 12
const BYTES_PER_SCALE = 4

export interface WordVectors {
  readonly dimensions: number
  /** Rank by frequency, 0 for the most frequent; `undefined` for an unknown word. */
  rank(word: string): number | undefined
  /** Adds `factor` times the word's vector to the first dimensions of `sum`. */
  add(rank: number, factor: number, sum: Float32Array): void
}

export function readWordVectors(bytes: ArrayBuffer): WordVectors {
  const view = new DataView(bytes)
  const count = view.getUint32(0, true)
  const dimensions = view.getUint32(4, true)
  const scales = HEADER_BYTES + view.getUint32(8, true)
  const values = new Int8Array(bytes, scales + count * BYTES_PER_SCALE, count * dimensions)
  const text = new TextDecoder().decode(new Uint8Array(bytes, HEADER_BYTES, scales - HEADER_BYTES))
  const ranks = new Map(
    text
      .trimEnd()
      .split('\n')
      .map((word, rank) => [word, rank]),
  )
  return {
    dimensions,
    rank: (word) => ranks.get(word),
    add(rank, factor, sum) {
      const scale = factor * view.getFloat32(scales + rank * BYTES_PER_SCALE, true)
      for (let i = 0; i < dimensions; i++) {
        sum[i] = (sum[i] ?? 0) + scale * (values[rank * dimensions + i] ?? 0)
      }
    },
  }
}
