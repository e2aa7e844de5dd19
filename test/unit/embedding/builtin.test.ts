/** The built-in embedder ranks as a shopper would, without a network. */

import { beforeAll, describe, expect, test } from 'vitest'
import { embeddingText } from '../../../scripts/examples/retail/embed/catalogue.ts'
import { readCatalogue } from '../../../scripts/examples/retail/seed/catalogue.ts'
import { createEmbedder } from '../../../src/embedding/embedder.ts'
import { EMBEDDING_DIMENSIONS, type Embedder } from '../../../src/embedding/embedding.ts'
import { HARD_QUERIES, UNSEEN_QUERIES } from '../../support/fixtures/shopper-queries.ts'

const signal = new AbortController().signal
const embedder: Embedder = createEmbedder({ EMBEDDER: 'builtin' }, undefined)
const catalogue = readCatalogue()

function cosine(a: Float32Array, b: Float32Array): number {
  let [both, left, right] = [0, 0, 0]
  for (const [i, value] of a.entries()) {
    const other = b[i] ?? 0
    both += value * other
    left += value * value
    right += other * other
  }
  return both / Math.sqrt(left * right)
}

async function likeness(left: string, right: string): Promise<number> {
  const [a, b] = await embedder.embed([left, right], signal)
  if (a === undefined || b === undefined) throw new Error('two texts, two vectors')
  return cosine(a, b)
}

describe('the built-in embedder', () => {
  let vectors: Float32Array[]

  beforeAll(async () => {
    vectors = await embedder.embed(catalogue.map(embeddingText), signal)
  })

  test.each([
    { name: 'hard', queries: HARD_QUERIES },
    { name: 'unseen', queries: UNSEEN_QUERIES },
  ])(
    'finds the product that a shopper means among the first five of 400, for 25 of 30 queries: $name',
    async ({ queries }) => {
      const asked = await embedder.embed(
        queries.map(([query]) => query),
        signal,
      )
      const missed = queries.filter(([, product], i) => {
        const scores = vectors.map((vector) => cosine(vector, asked[i] ?? new Float32Array()))
        const wanted = scores[catalogue.findIndex(({ name }) => name === product)] ?? Number.NaN
        return !(scores.filter((score) => score > wanted).length < 5)
      })
      expect(queries).toHaveLength(30)
      expect(missed.length, JSON.stringify(missed)).toBeLessThanOrEqual(5)
    },
  )

  test('puts a synonym nearer than a stranger', async () => {
    expect(await likeness('sofa', 'couch')).toBeGreaterThan(await likeness('sofa', 'gravel'))
  })

  test('knows a word again that no list of words holds', async () => {
    expect(await likeness('Zorbitron XK-9000', 'spare part for zorbitron')).toBeGreaterThan(0.2)
    expect(await likeness('Zorbitron XK-9000', 'spare part for quaxelmere')).toBeLessThan(0.2)
  })

  test('gives one finite vector of the stored width for any text', async () => {
    const texts = [
      '',
      ' \n\t',
      '💥💥',
      'ß Ångström naïve',
      '園芸',
      "'; drop table products; --",
      'a'.repeat(10_000),
    ]
    const made = await embedder.embed(texts, signal)
    expect(made).toHaveLength(texts.length)
    for (const vector of made) {
      expect(vector).toHaveLength(EMBEDDING_DIMENSIONS)
      expect(vector.every(Number.isFinite)).toBe(true)
    }
  })

  test('says the same of the same text', async () => {
    const [first, second] = await embedder.embed(['a cordless drill', 'a cordless drill'], signal)
    expect(first).toEqual(second)
  })
})
