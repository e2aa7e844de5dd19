/**
 * `rowgate embed`: embeds the products of DATABASE_OWNER_URL with the embedder of EMBEDDER, EMBEDDER_URL,
 * EMBEDDER_MODEL and EMBEDDER_KEY, which are the Worker's settings too. Run it before the Worker is switched
 * to that model, and after each change of the catalogue. Idempotent.
 */

import { createEmbedder } from '../../../src/embedding/embedder.ts'
import { ConfigError, readEmbedderSettings } from '../../../src/infra/config/settings.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { openServer } from '../../local/postgres/server.ts'
import { embedCatalogue } from './embed/catalogue.ts'

const IN_CLOUDFLARE_ONLY =
  "EMBEDDER=workers-ai runs inside Cloudflare. Here use EMBEDDER=openai with your account's URL of Workers AI (…/ai/v1) and the same EMBEDDER_MODEL."

export async function embed(): Promise<void> {
  const embedder = chosen()
  const ownerUrl = process.env.DATABASE_OWNER_URL
  if (ownerUrl === undefined || !/^postgres(ql)?:\/\//.test(ownerUrl)) {
    throw new Refusal(
      "DATABASE_OWNER_URL is not set: set it to the postgres:// URL of the catalogue's owner.",
    )
  }
  const server = await openServer(ownerUrl).catch(() => {
    throw new Refusal('The database of DATABASE_OWNER_URL cannot be reached.')
  })
  try {
    const { rows } = await server.owner(`
      select rolsuper or rolbypassrls, to_regclass('retail.product_description_embeddings') is not null
      from pg_roles where rolname = current_user`)
    const [above, ready] = rows[0] ?? []
    if (ready !== 't')
      throw new Refusal('The table for vectors is missing: install pgvector, then run `rowgate migrate`.')
    if (above !== 't')
      throw new Refusal('The login of DATABASE_OWNER_URL needs BYPASSRLS to read the catalogue.')
    const count = await embedCatalogue(server.owner, embedder)
    print(`Embedded ${count} products with ${embedder.model}.`)
  } finally {
    await server.close()
  }
}

function chosen() {
  try {
    const settings = readEmbedderSettings(process.env)
    if (settings.EMBEDDER === 'workers-ai') throw new Refusal(IN_CLOUDFLARE_ONLY)
    return createEmbedder(settings, undefined)
  } catch (error) {
    if (error instanceof ConfigError) throw new Refusal(error.message)
    throw error
  }
}
