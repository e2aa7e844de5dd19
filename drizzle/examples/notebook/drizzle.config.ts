/**
 * drizzle-kit for the tables in D1. Write a migration: `npm run db:generate:d1 -- --name <subject>`. wrangler
 * applies the migrations and knows one folder of them (`migrations_dir` in the wrangler.toml beside it), so
 * your own D1 tables are in this folder too.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./src/examples/notebook/tables.ts', './src/toolsets/*/tables.ts'],
  out: './drizzle/examples/notebook',
})
