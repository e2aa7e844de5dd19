/**
 * drizzle-kit for the toolsets' tables in Postgres. Write a migration: `npm run db:generate -- --name
 * <subject>`.
 */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  // drizzle-kit refuses a project without a schema file. This file exports no table.
  schema: ['./src/toolsets/*/tables.ts', './drizzle.config.ts'],
  out: './drizzle/toolsets',
})
