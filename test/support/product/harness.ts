/** The product as it is deployed: the built Worker in workerd, over a world's database and with its tokens. */

import { startWranglerHarness } from './built-worker.ts'
import { startWorld, type World } from './world.ts'

export interface Harness {
  readonly world: World
  /** Where the Worker answers MCP. */
  readonly url: URL
  close(): Promise<void>
}

/** Starts a world and, in front of its database, the Worker that wrangler.toml describes. */
export async function startHarness(options: Parameters<typeof startWorld>[0] = {}): Promise<Harness> {
  const world = await startWorld(options)
  const server = await startWranglerHarness(world.env)
  const { url } = await server.listen()
  return {
    world,
    url: new URL('/mcp', url),
    async close() {
      await server.close()
      await world.close()
    },
  }
}
