/** drizzle-kit for the tables in D1: `npm run db:generate:d1 -- --name <subject>`; wrangler applies what it writes. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'sqlite',
  schema: './src/{toolsets,examples}/*/tables.ts',
  out: './drizzle/d1',
})
