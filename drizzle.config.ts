/**
 * drizzle-kit: tables live beside their toolset, migrations in `drizzle/`. A new table takes two steps:
 * `npm run db:generate -- --name <subject>`, then `npm run db:generate -- --custom --name <subject>_access`
 * with one line in it, `select rowgate.protect('<table>', 'select, insert, update, delete');`.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/toolsets/*/tables.ts',
  out: './drizzle',
})
