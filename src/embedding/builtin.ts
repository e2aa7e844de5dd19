/**
 * Built-in embedder: no account, no network. A vector has two parts. The first is the weighted mean of the
 * words' vectors, rare words weighing more, and finds synonyms. The second hashes each word to one of the
 * remaining dimensions, and finds names and model numbers that have no vector.
 */

import { EMBEDDING_DIMENSIONS, type Embedder } from './embedding.ts'
import { readWordVectors, type WordVectors } from './word-vectors.ts'

/**
 * Stored with each vector. Change it whenever the vectors of a text change: the asset, the weights, the
 * splitting into words.
 */
const BUILTIN_MODEL = 'rowgate-builtin-1'

/** Share of the first part in the cosine. Values from 0.5 to 0.7 rank alike. */
const MEANING = 0.6
/** Frequency at which a word weighs half (Arora et al., smooth inverse frequency). */
const HALF_WEIGHT_FREQUENCY = 1e-3
/** Zipf-Mandelbrot: a word's frequency is about 1 / ((rank + 2.7) * 13). */
const ZIPF_SHIFT = 2.7
const ZIPF_DIVISOR = 13

export function createBuiltinEmbedder(load: () => Promise<ArrayBuffer>): Embedder {
  let vectors: Promise<WordVectors> | undefined
  return {
    model: BUILTIN_MODEL,
    async embed(texts) {
      vectors ??= load().then(readWordVectors)
      const words = await vectors
      return texts.map((text) => embedText(text, words))
    },
  }
}

function embedText(text: string, vectors: WordVectors): Float32Array {
  const sum = new Float32Array(EMBEDDING_DIMENSIONS)
  const meaning = sum.subarray(0, vectors.dimensions)
  const spelling = sum.subarray(vectors.dimensions)
  for (const word of wordsOf(text)) {
    const rank = vectors.rank(word) ?? vectors.rank(word.replace(/s$/, ''))
    const weight = rank === undefined ? 1 : weightOf(rank)
    if (rank !== undefined) vectors.add(rank, weight, meaning)
    const hash = hashOf(stem(word))
    const slot = hash % spelling.length
    spelling[slot] = (spelling[slot] ?? 0) + (hash & 0x80000000 ? -weight : weight)
  }
  scale(meaning, Math.sqrt(MEANING))
  scale(spelling, Math.sqrt(1 - MEANING))
  return sum
}

/** Words of lower-case letters and digits. Accents and apostrophes are dropped, so `child's` is one word. */
export function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/[\p{M}'’]/gu, '')
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

export function weightOf(rank: number): number {
  const frequency = 1 / ((rank + ZIPF_SHIFT) * ZIPF_DIVISOR)
  return HALF_WEIGHT_FREQUENCY / (HALF_WEIGHT_FREQUENCY + frequency)
}

/**
 * Crude stemming, so that `drills`, `drilling` and `drill` match. Overstemming is harmless: queries and texts
 * are cut alike.
 */
export function stem(word: string): string {
  const ending = /(?:ings?|ers?|ies|ed|es|s|e|y)$/.exec(word)?.[0] ?? ''
  return word.length - ending.length >= 3 ? word.slice(0, word.length - ending.length) : word
}

/** FNV-1a, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Scales to a length. A part without words stays zero. */
function scale(part: Float32Array, length: number): void {
  const present = Math.hypot(...part)
  if (present === 0) return
  for (let i = 0; i < part.length; i++) part[i] = ((part[i] ?? 0) * length) / present
}
