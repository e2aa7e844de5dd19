/** Reads the product catalogue: editable text, a file per category, a line per product. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface CatalogueProduct {
  readonly category: string
  readonly type: string
  readonly name: string
  readonly price: number
  readonly description: string
}

const DIRECTORY = join(import.meta.dirname, 'catalogue')

/** In a fixed order. */
export function readCatalogue(): readonly CatalogueProduct[] {
  const files = readdirSync(DIRECTORY).sort()
  return files.flatMap((file) => readCategory(readFileSync(join(DIRECTORY, file), 'utf8')))
}

/** `# category`, `## type`, and `name | price | description` for each product of the type. */
function readCategory(text: string): CatalogueProduct[] {
  const products: CatalogueProduct[] = []
  let category = ''
  let type = ''
  for (const line of text.split('\n')) {
    if (line.startsWith('## ')) type = line.slice(3)
    else if (line.startsWith('# ')) category = line.slice(2)
    else if (line !== '') products.push(readProduct(line, category, type))
  }
  return products
}

function readProduct(line: string, category: string, type: string): CatalogueProduct {
  const [name, price, description] = line.split(' | ')
  if (name === undefined || price === undefined || description === undefined) {
    throw new Error(`This line of the catalogue is no product: ${line}`)
  }
  return { category, type, name, price: Number(price), description }
}
