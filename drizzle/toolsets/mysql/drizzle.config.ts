/**
 * drizzle-kit for the toolsets' MySQL tables. Write a migration: `npm run db:generate:mysql -- --name
 * <subject>`.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'mysql',
  // drizzle-kit refuses a project without a schema file. This file exports no table.
  schema: ['./src/toolsets/*/tables.ts', './drizzle/toolsets/mysql/drizzle.config.ts'],
  out: './drizzle/toolsets/mysql',
})
