/** Finds products by what they are about: the text becomes a vector, and Postgres finds the nearest in one round trip. */

import { sql } from 'drizzle-orm'
import type { Postgres } from '../../data/postgres/capability.ts'
import type { Embedder } from '../../embedding/embedding.ts'
import { RowgateError } from '../../infra/errors.ts'
import { listOf } from '../../toolkit/page.ts'
import type { FoundProducts, SearchProducts } from './schema.ts'
import { categories, productDescriptionEmbeddings, products, productTypes } from './tables.ts'

const COLUMNS = ['product_id', 'name', 'category', 'type', 'price', 'similarity', 'description']

/** How many neighbours the index looks at: twice as many as can be asked for, which finds all but a few of them. */
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
  // A text without a word has no direction, and nothing is near it.
  if (vector.every((value) => value === 0)) return found([], input, embedder.model)
  const [, [state], { rows }] = await postgres.read((db) => [
    // The index holds every model's vectors: it must go on past those of another one.
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

/** The inner query is all that the index serves: a threshold inside it would make it look on in vain. */
function nearest(vector: string, model: string, { similarity_threshold, max_rows }: SearchProducts) {
  return sql`
    select p.product_id, p.name, c.name as category, t.name as type, p.price::float8 as price,
      round((1 - near.distance)::numeric, 4)::float8 as similarity, p.description
    from (
      select e.product_id, e.description_embedding <=> ${vector}::vector as distance
      from ${productDescriptionEmbeddings} e
      where e.model = ${model}
      order by e.description_embedding <=> ${vector}::vector
      limit ${max_rows + 1}
    ) near
    join ${products} p using (product_id)
    join ${categories} c using (category_id)
    join ${productTypes} t using (type_id)
    where near.distance <= 1 - ${similarity_threshold}::float8
    order by near.distance, p.name`
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
