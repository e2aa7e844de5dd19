/** `npm run dev` serves what a developer has just saved: shown on a copy of the project. */

import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../support/free-port.ts'
import { runScript } from '../support/script.ts'

const root = join(import.meta.dirname, '../..')

/** Without its examples, which would only take their time. */
async function copyOfTheProject(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'rowgate-reload-'))
  onTestFinished(() => rm(copy, { recursive: true, force: true }))
  for (const name of ['package.json', 'wrangler.toml', 'tsconfig.json', 'src', 'scripts', 'drizzle']) {
    await cp(join(root, name), join(copy, name), { recursive: true })
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'))
  await rm(join(copy, 'scripts/seed'), { recursive: true })
  await mkdir(join(copy, 'scripts/seed'))
  return copy
}

test('a tool’s new description is listed without a restart', async () => {
  const copy = await copyOfTheProject()
  const port = await freePort()
  const running = runScript('start.ts', ['--watch'], { PORT: String(port) }, copy)
  onTestFinished(async () => {
    running.process.kill()
    await running.finished
  })
  await running.says('Ctrl-C stops everything.')
  const token = /^alice +(\S+)$/m.exec(running.printed())?.[1]

  async function list(): Promise<string> {
    const response = await fetch(`http://localhost:${port}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        authorization: `Bearer ${token}`,
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    })
    return await response.text()
  }

  expect(await list()).toContain('Deletes a task for good.')
  const tools = join(copy, 'src/toolsets/tasks/tools.ts')
  const text = await readFile(tools, 'utf8')
  await writeFile(tools, text.replace('Deletes a task for good.', 'Removes a task for good.'))
  await vi.waitFor(async () => expect(await list()).toContain('Removes a task for good.'), {
    timeout: 30_000,
    interval: 250,
  })
})
