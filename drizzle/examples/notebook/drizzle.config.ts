/**
 * drizzle-kit for the tables in D1: `npm run db:generate:d1 -- --name <subject>`. wrangler applies the migrations, and knows
 * one folder of them (`migrations_dir` in wrangler.toml), so that tables of your own in D1 are in this one too.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/examples/notebook/tables.ts', './src/toolsets/*/tables.ts'],
  out: './drizzle/examples/notebook',
})
