/** `npm start` as a person uses it: wait until it is ready, copy a printed token, call. */

import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { type Running, runRowgate } from './script.ts'
import { shared } from './shared.ts'

export const READY = 'Ctrl-C stops everything.'

export interface Local {
  readonly running: Running
  token(user: string): string
  /** Gives the response as text. */
  ask(token: string, method: string, params?: object): Promise<string>
}

/**
 * Puts an empty Postgres into a data folder. Saves ten seconds in tests that are not about the first start.
 */
export async function putEmptyPostgres(directory: string): Promise<void> {
  await cp(await shared('emptyCluster'), join(directory, 'postgres'), { recursive: true })
}

/** Stops at the end of the test. `project` is the folder of a copy; the default is this project. */
export async function startLocal(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { project, command = 'start' }: { project?: string; command?: 'start' | 'dev' } = {},
): Promise<Local> {
  const port = env.PORT ?? String(await freePort())
  const running = runRowgate([command, ...args], { ...env, PORT: port }, project)
  onTestFinished(async () => {
    running.process.kill()
    await running.finished
  })
  await running.says(READY)
  return {
    running,
    token: (user) => new RegExp(`^${user} +(\\S+)$`, 'm').exec(running.printed())?.[1] ?? '',
    ask: (token, method, params) => askLocal(port, token, method, params),
  }
}

/** Gives the response of the endpoint on this port as text. */
export async function askLocal(
  port: string,
  token: string,
  method: string,
  params?: object,
): Promise<string> {
  const response = await fetch(`http://localhost:${port}/mcp`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  })
  return await response.text()
}
