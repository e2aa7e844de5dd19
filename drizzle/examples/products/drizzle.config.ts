/**
 * drizzle-kit for the example's MySQL table. Write a migration:
 * `npm run db:generate -- --example products --name <subject>`.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'mysql',
  schema: './src/examples/products/tables.ts',
  out: './drizzle/examples/products',
})
