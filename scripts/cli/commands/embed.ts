/** `rowgate embed`: computes vectors for the catalogue of the example `retail`. */

import { Command } from '@commander-js/extra-typings'

export function embedCommand() {
  return new Command('embed')
    .summary('Give the products of DATABASE_OWNER_URL their vectors')
    .description(
      `Gives the products of DATABASE_OWNER_URL their vectors, by the embedder that EMBEDDER, EMBEDDER_URL, EMBEDDER_MODEL and
EMBEDDER_KEY name. Run it before the Worker is switched to that model, and after the catalogue has changed.`,
    )
    .action(async () => {
      const { embed } = await import('../../operate/embed.ts')
      await embed()
    })
}
