/** Gives every product a vector of one model, and a new one when its text has changed. */

import * as z from 'zod'
import type { Embedder } from '../../../../src/embedding/embedding.ts'
import type { Owner } from '../../../local/postgres/backend.ts'
import { insertRows, literal } from '../../../local/postgres/insert.ts'

/** Texts per request: accepted by every service with this API, and little to repeat after a fault. */
const BATCH = 100

interface Product {
  readonly name: string
  readonly description: string
  readonly type: string
  readonly category: string
}

const productRow = z.tuple([z.string(), z.string(), z.string(), z.string(), z.string()])

/** The text to embed: the words by which a shopper may find the product. */
export function embeddingText({ name, description, type, category }: Product): string {
  return `${name}. ${description} ${type} ${category}`
}

/** Embeds products without a current vector, and gives their number. Idempotent. */
export async function embedCatalogue(owner: Owner, embedder: Embedder): Promise<number> {
  const products = await withoutVector(owner, embedder.model)
  for (let from = 0; from < products.length; from += BATCH) {
    const batch = products.slice(from, from + BATCH)
    const texts = batch.map(({ product }) => embeddingText(product))
    const vectors = await embedder.embed(texts, new AbortController().signal)
    await insertRows(
      owner,
      'retail.product_description_embeddings',
      'product_id, model, description_embedding',
      batch.map(({ id }, n) => [id, embedder.model, `[${vectors[n]?.join(',')}]`]),
      `on conflict (product_id, model)
        do update set description_embedding = excluded.description_embedding, updated_at = now()`,
    )
  }
  return products.length
}

async function withoutVector(owner: Owner, model: string): Promise<{ id: string; product: Product }[]> {
  const { rows } = await owner(`
    select p.product_id, p.name, p.description, t.name, c.name
    from retail.products p join retail.product_types t using (type_id) join retail.categories c on c.category_id = p.category_id
    where not exists (
      select from retail.product_description_embeddings e
      where e.product_id = p.product_id and e.model = ${literal(model)} and e.updated_at >= p.updated_at
    )
    order by p.product_id`)
  return rows.map((row) => {
    const [id, name, description, type, category] = productRow.parse(row)
    return { id, product: { name, description, type, category } }
  })
}
