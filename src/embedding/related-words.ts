/** Similarity of words, by the built-in word vectors. */

import { stem, weightOf, wordsOf } from './builtin.ts'
import type { RelatedWords, Weighted } from './embedding.ts'
import { readWordVectors, type WordVectors } from './word-vectors.ts'

/** Cosine from which two words count as related; that of unrelated ones stays below. */
const LEAST_COSINE = 0.4
/** The weight of a word that has no vector: a name, which says much. */
const NAME_WEIGHT = 1

/** A whole question is about several things; words of this weight found are all that one thing has of it. */
const ENOUGH_WEIGHT = 2

export function createRelatedWords(
  load: () => Promise<ArrayBuffer> = async () => (await import('#word-vectors')).default,
): RelatedWords {
  // The value, not its promise: workerd ties a promise to the request that made it.
  let vectors: WordVectors | undefined
  return {
    split: (text) => wordsOf(text.replace(/(\p{Ll}|\p{N})(?=\p{Lu})/gu, '$1 ')),
    async score(asked, candidates) {
      vectors ??= readWordVectors(await load())
      return scored(vectors, [...new Set(asked)], candidates)
    },
  }
}

function scored(vectors: WordVectors, asked: readonly string[], candidates: readonly Weighted[]): number[] {
  const weights = asked.map((word) => {
    const rank = rankOf(vectors, word)
    return rank === undefined ? NAME_WEIGHT : weightOf(rank)
  })
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const enough = Math.min(total, ENOUGH_WEIGHT)
  const near = nearness(vectors, asked)
  return candidates.map((words) => {
    const best = new Array<number>(asked.length).fill(0)
    for (const [word, share] of words) {
      for (const [at, value] of near(word).entries()) best[at] = Math.max(best[at] ?? 0, value * share)
    }
    const sum = best.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0)
    return total === 0 ? 0 : Math.min(1, sum / enough)
  })
}

/** Each word is compared once, however many candidates have it. */
function nearness(vectors: WordVectors, asked: readonly string[]): (word: string) => readonly number[] {
  const stems = asked.map(stem)
  const wanted = asked.map((word) => unit(vectors, word))
  const known = new Map<string, readonly number[]>()
  return (word) => {
    const same = known.get(word)
    if (same !== undefined) return same
    const [own, ownStem] = [unit(vectors, word), stem(word)]
    const made = wanted.map((vector, at) => (ownStem === stems[at] ? 1 : related(vector, own)))
    known.set(word, made)
    return made
  }
}

function related(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (a === undefined || b === undefined) return 0
  let cosine = 0
  for (let at = 0; at < a.length; at++) cosine += (a[at] ?? 0) * (b[at] ?? 0)
  return Math.max(0, (cosine - LEAST_COSINE) / (1 - LEAST_COSINE))
}

function rankOf(vectors: WordVectors, word: string): number | undefined {
  return vectors.rank(word) ?? vectors.rank(word.replace(/s$/, ''))
}

/** The word's vector, of the length 1; undefined where it has none. */
function unit(vectors: WordVectors, word: string): Float32Array | undefined {
  const rank = rankOf(vectors, word)
  if (rank === undefined) return undefined
  const vector = new Float32Array(vectors.dimensions)
  vectors.add(rank, 1, vector)
  const length = Math.hypot(...vector)
  return length === 0 ? undefined : vector.map((value) => value / length)
}
