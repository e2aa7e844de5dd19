/** Toolset products: a tenant's catalogue and stock, in MySQL. */

import { pageOutput } from '../../toolkit/page.ts'
import { ADDS, CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import {
  addProductInput,
  productIdInput,
  productOutput,
  searchProductsInput,
  updateStockInput,
} from './schema.ts'

const READ = 'products:read'
const WRITE = 'products:write'

/**
 * Loaded by the first call, together with Drizzle's MySQL dialect; a deployment without MySQL never loads it.
 */
const service = () => import('./service.ts')

export const products: Toolset = {
  name: 'products',
  title: 'Products',
  engine: 'mysql',
  tools: [
    tool({
      name: 'add_product',
      title: 'Add a product',
      description: "Adds a product to the tenant's catalogue and returns it.",
      scope: WRITE,
      annotations: ADDS,
      input: addProductInput,
      output: productOutput,
      handler: async (input, { caller, connections }) =>
        (await service()).addProduct(connections.mysql, caller.userId, input),
    }),
    tool({
      name: 'get_product',
      title: 'Get a product',
      description: 'Returns one product by its id.',
      scope: READ,
      annotations: READS,
      input: productIdInput,
      output: productOutput,
      handler: async (input, { connections }) =>
        (await service()).getProduct(connections.mysql, input.product_id),
    }),
    tool({
      name: 'search_products',
      title: 'Search products',
      description: "Lists the tenant's products.",
      scope: READ,
      annotations: READS,
      input: searchProductsInput,
      output: pageOutput,
      handler: async (input, { connections }) => (await service()).searchProducts(connections.mysql, input),
    }),
    tool({
      name: 'update_stock',
      title: 'Change the stock',
      description:
        'Changes the stock of a product, by `change` or to `set_to`, and returns it. Below zero is a CONFLICT that says how many there are.',
      scope: WRITE,
      annotations: { ...CHANGES, idempotentHint: false },
      input: updateStockInput,
      output: productOutput,
      handler: async (input, { connections }) => (await service()).updateStock(connections.mysql, input),
    }),
  ],
}
