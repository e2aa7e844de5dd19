/** The product as deployed: the built Worker in workerd, with the database and tokens. */

import { startWranglerHarness } from './built-worker.ts'
import { type Rowgate, startRowgate } from './rowgate.ts'

export interface RowgateServer {
  readonly rowgate: Rowgate
  /** URL of the MCP endpoint. */
  readonly url: URL
  close(): Promise<void>
}

/** Starts Rowgate in memory and the Worker of wrangler.toml on its database. */
export async function startServer(options: Parameters<typeof startRowgate>[0] = {}): Promise<RowgateServer> {
  const rowgate = await startRowgate(options)
  const server = await startWranglerHarness(rowgate.env)
  const { url } = await server.listen()
  return {
    rowgate,
    url: new URL('/mcp', url),
    async close() {
      await server.close()
      await rowgate.close()
    },
  }
}
