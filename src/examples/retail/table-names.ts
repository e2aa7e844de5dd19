/** Tables that a caller may request by name. */

export const TABLE_NAMES = [
  'stores',
  'customers',
  'orders',
  'order_items',
  'inventory',
  'categories',
  'product_types',
  'products',
  'product_description_embeddings',
  'store_assignments',
] as const
