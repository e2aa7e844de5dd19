/** Clients that people install log in at `npm start` with its URL alone, a person in Chromium beside them. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, chromiumMissing, consenting, startBrowser } from '../../../support/clients/browser.ts'
import {
  callThroughRemote,
  installPrograms,
  type Programs,
  startDesktop,
} from '../../../support/clients/programs.ts'
import { FIRST_START_MS, type StartedLogin, startForLogin } from '../../../support/clients/started-login.ts'

let folder: string
let programs: Programs
let started: StartedLogin
let browser: Browser

describe.skipIf(chromiumMissing())('npm start', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rowgate-clients-'))
    programs = await installPrograms(folder)
    started = await startForLogin()
    browser = await startBrowser()
  }, 2 * FIRST_START_MS)
  afterAll(async () => {
    await browser?.close()
    await started?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  test('lets mcp-remote in, and in again without a page', async () => {
    await using desktop = await startDesktop(browser, consenting())
    for (let round = 0; round < 2; round++) {
      expect(await callThroughRemote(started.url, desktop, 'list_tasks')).toMatchObject({
        structuredContent: { status: 'success' },
      })
    }
    expect(desktop.opened).toHaveLength(1)
  })

  test('lets the MCP Inspector in', async () => {
    await using desktop = await startDesktop(browser, consenting())
    const call = ['--method', 'tools/call', '--tool-name', 'list_tasks']
    const printed = await desktop.run(
      programs.inspector,
      '--cli',
      started.url.href,
      '--transport',
      'http',
      ...call,
    )
    expect(printed).toContain('Water the plants')
    expect(desktop.opened).toHaveLength(1)
  })

  test('lets mcpc in, which asks for everything and gets what the person ticks', async () => {
    await using desktop = await startDesktop(browser, consenting({ tick: ['tasks:write'] }))
    const printed = await desktop.run(programs.mcpc, 'login', started.url.href)
    expect(printed).toContain('Authentication successful')
    expect(printed).toMatch(/Scopes: .*tasks:read, tasks:write/)
    expect(printed).not.toMatch(/Scopes: .*directory:write/)
    // A session is a process of its own, which keeps the login.
    expect(await desktop.run(programs.mcpc, 'connect', started.url.href, '@tasks')).toContain('list_tasks')
    try {
      const called = await desktop.run(programs.mcpc, '@tasks', 'tools-call', 'list_tasks')
      expect(called).toContain('Water the plants')
    } finally {
      await desktop.run(programs.mcpc, 'close', '@tasks')
    }
  })

  test('lets mcporter in', async () => {
    await using desktop = await startDesktop(browser, consenting())
    await desktop.run(programs.mcporter, 'auth', started.url.href, '--allow-http')
    const printed = await desktop.run(
      programs.mcporter,
      'call',
      '--allow-http',
      started.url.href,
      'list_tasks',
    )
    expect(printed).toContain('Water the plants')
    expect(desktop.opened).toHaveLength(1)
  })
})
