/** drizzle-kit for the toolsets' tables in Postgres: `npm run db:generate -- --name <subject>` writes their migrations. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  // drizzle-kit refuses a project without a schema file; this file holds no table.
  schema: ['./src/toolsets/*/tables.ts', './drizzle.config.ts'],
  out: './drizzle/toolsets',
})
