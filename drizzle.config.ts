/** drizzle-kit: tables live beside their toolset, migrations in `drizzle/`. */

import { defineConfig } from 'drizzle-kit'

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/toolsets/*/tables.ts',
  out: './drizzle',
  entities: { roles: { provider: 'neon', exclude: ['rowgate_app'] } },
})
