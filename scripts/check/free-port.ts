/** Finds a free port of 127.0.0.1, for servers that cannot choose one themselves. */

import { createServer } from 'node:net'
import { listen } from './listen.ts'

export async function freePort(): Promise<number> {
  const probe = createServer()
  const port = await listen(probe)
  await new Promise((resolve) => probe.close(resolve))
  return port
}
