/** The product as deployed: the built Worker in workerd, with a world's database and tokens. */

import { startWranglerHarness } from './built-worker.ts'
import { startWorld, type World } from './world.ts'

export interface Harness {
  readonly world: World
  /** URL of the MCP endpoint. */
  readonly url: URL
  close(): Promise<void>
}

/** Starts a world and the Worker of wrangler.toml on its database. */
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
