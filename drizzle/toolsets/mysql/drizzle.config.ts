/** drizzle-kit for the toolsets' tables in MySQL: `npm run db:generate:mysql -- --name <subject>`. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'mysql',
  // drizzle-kit refuses a project without a schema file; this file holds no table.
  schema: ['./src/toolsets/*/tables.ts', './drizzle/toolsets/mysql/drizzle.config.ts'],
  out: './drizzle/toolsets/mysql',
})
