/** drizzle-kit: tables live beside their toolset, migrations in `drizzle/`, written by `npm run db:generate -- --name NAME`. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/{toolsets,examples}/*/tables.ts',
  out: './drizzle',
})
