/** Semantic product search: embeds the text and finds the nearest vectors, in one round trip to Postgres. */

import { sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Embedder } from '../../embedding/embedding.ts'
import { RowgateError } from '../../infra/errors.ts'
import { listOf } from '../../toolkit/page.ts'
import type { FoundProducts, SearchProducts } from './schema.ts'
import { categories, productDescriptionEmbeddings, products, productTypes } from './tables.ts'

const COLUMNS = ['product_id', 'name', 'category', 'type', 'price', 'similarity', 'description']

/** `hnsw.ef_search`, candidates of the index: twice the maximum limit, which misses only a few neighbours. */
const NEIGHBOURS = 100

interface Found extends Record<string, string | number> {
  product_id: string
  name: string
  category: string
  type: string
  price: number
  similarity: number
  description: string
}

export async function searchProducts(
  postgres: Postgres,
  embedder: Embedder,
  input: SearchProducts,
  signal: AbortSignal,
): Promise<FoundProducts> {
  const [vector] = await embedder.embed([input.text], signal)
  if (vector === undefined) throw new Error('the embedder gave no vector')
  // A text without words has a zero vector, to which nothing is near.
  if (vector.every((value) => value === 0)) return found([], input, embedder.model)
  const [, [state], { rows }] = await postgres.read((db) => [
    // The index holds the vectors of all models; the iterative scan continues past those of others.
    db.execute(
      sql`select set_config('hnsw.ef_search', ${String(NEIGHBOURS)}, true), set_config('hnsw.iterative_scan', 'strict_order', true)`,
    ),
    db
      .select({ model: productDescriptionEmbeddings.model })
      .from(productDescriptionEmbeddings)
      .where(sql`${productDescriptionEmbeddings.model} = ${embedder.model}`)
      .limit(1),
    db.execute<Found>(nearest(`[${vector.join(',')}]`, embedder.model, input)),
  ])
  if (state === undefined) throw noVectors(embedder.model)
  return found(rows, input, embedder.model)
}

/**
 * The threshold is outside the inner query: inside, the index scan would go on in vain for more rows below
 * it.
 */
function nearest(vector: string, model: string, { similarity_threshold, max_rows }: SearchProducts) {
  return sql`
    select p.product_id, p.name, c.name as category, t.name as type, p.price::float8 as price,
      round((1 - near.distance)::numeric, 4)::float8 as similarity, p.description
    from (
      select e.product_id, e.description_embedding <=> ${vector}::vector as distance
      from ${productDescriptionEmbeddings} e
      where e.model = ${model}
      order by e.description_embedding <=> ${vector}::vector, e.product_id
      limit ${max_rows + 1}
    ) near
    join ${products} p using (product_id)
    join ${categories} c using (category_id)
    join ${productTypes} t using (type_id)
    where near.distance <= 1 - ${similarity_threshold}::float8
    order by near.distance, p.product_id`
}

function found(rows: readonly Found[], { max_rows }: SearchProducts, model: string): FoundProducts {
  return { ...listOf(COLUMNS, rows, max_rows), model }
}

function noVectors(model: string): RowgateError {
  return new RowgateError(
    'UNAVAILABLE',
    `The catalogue has no vectors of the model ${model} yet: the operator embeds it with this model first.`,
  )
}
