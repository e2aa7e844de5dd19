/**
 * The embedder that needs no account and no network. A text's vector has two parts: what its words mean, the mean of
 * their vectors, rare words counting more; and which words they are, each hashed to one of the dimensions that are
 * left. So a synonym is found by the first, and a name or a model number that no list of words holds by the second.
 */

import { EMBEDDING_DIMENSIONS, type Embedder } from './embedding.ts'
import { readWordVectors, type WordVectors } from './word-vectors.ts'

/** Stored beside each vector. Change it whenever the vectors of a text change: the asset, the weights, the words. */
const BUILTIN_MODEL = 'rowgate-builtin-1'

/** The share of meaning in the cosine; the rest is the words themselves. 0.5 to 0.7 rank alike. */
const MEANING = 0.6
/** The frequency at which a word counts half (Arora et al., smooth inverse frequency). */
const HALF_WEIGHT_FREQUENCY = 1e-3
/** Zipf's law with Mandelbrot's shift: a word's frequency is about 1 / ((rank + 2.7) * 13). */
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

/** Lower-case letters and digits; accents and apostrophes are dropped, so that `child's` is one word. */
function wordsOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replace(/[\p{M}'’]/gu, '')
  return plain.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function weightOf(rank: number): number {
  const frequency = 1 / ((rank + ZIPF_SHIFT) * ZIPF_DIVISOR)
  return HALF_WEIGHT_FREQUENCY / (HALF_WEIGHT_FREQUENCY + frequency)
}

/** Enough of a stem for `drills`, `drilling` and `drill` to meet; what it cuts too much is cut on both sides. */
function stem(word: string): string {
  const ending = /(?:ings?|ers?|ies|ed|es|s|e|y)$/.exec(word)?.[0] ?? ''
  return word.length - ending.length >= 3 ? word.slice(0, word.length - ending.length) : word
}

/** FNV-1a, 32 bits. */
function hashOf(word: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** Brings a part to a length; a part without any word stays zero. */
function scale(part: Float32Array, length: number): void {
  const present = Math.hypot(...part)
  if (present === 0) return
  for (let i = 0; i < part.length; i++) part[i] = ((part[i] ?? 0) * length) / present
}
