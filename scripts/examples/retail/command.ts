/** `rowgate embed`: computes vectors for the catalogue of the example `retail`. */

import { Command } from '@commander-js/extra-typings'

export function embedCommand() {
  return new Command('embed')
    .summary('Embed the products of DATABASE_OWNER_URL')
    .description(
      `Embeds the products of DATABASE_OWNER_URL with the embedder of EMBEDDER, EMBEDDER_URL, EMBEDDER_MODEL and
EMBEDDER_KEY. Run it before you switch the Worker to that model, and after each change of the catalogue.`,
    )
    .action(async () => {
      const { embed } = await import('./embed.ts')
      await embed()
    })
}
