/** drizzle-kit for the tables in MySQL: `npm run db:generate:mysql -- --name <subject>`. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'mysql',
  schema: './src/{toolsets,examples}/*/tables.ts',
  out: './drizzle/mysql',
})
