/** Clients that are programs of their own: each opens the browser by BROWSER, as on a person's desktop. */

import { execFile, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { Client } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { freePort } from '../../../scripts/check/free-port.ts'
import { listen } from '../../../scripts/check/listen.ts'
import { PROJECT } from '../product/project-copy.ts'
import type { Browser, Person } from './browser.ts'

/** A home folder in which programs keep their tokens, with a browser in which one person sits. */
export interface Desktop extends AsyncDisposable {
  readonly env: Readonly<Record<string, string>>
  /** The pages that were opened. */
  readonly opened: readonly URL[]
  /** Runs a program to its end and gives what it printed. */
  run(program: string, ...args: readonly string[]): Promise<string>
}

export async function startDesktop(browser: Browser, person: Person): Promise<Desktop> {
  const opened: URL[] = []
  const visits: Promise<unknown>[] = []
  const server = createServer(async (request, response) => {
    const url = await text(request)
    opened.push(new URL(url))
    visits.push(browser.visit(url, person))
    response.end()
  })
  const home = await mkdtemp(join(tmpdir(), 'rowgate-desktop-'))
  const bin = join(home, 'bin')
  await mkdir(bin)
  const address = `http://127.0.0.1:${await listen(server)}`
  const script = `#!${process.execPath}\nfetch('${address}', { method: 'POST', body: process.argv[2] })\n`
  for (const name of ['browser', 'xdg-open']) {
    await writeFile(join(bin, name), script)
    await chmod(join(bin, name), 0o755)
  }
  const env = {
    HOME: home,
    PATH: [bin, process.env.PATH].join(delimiter),
    BROWSER: join(bin, 'browser'),
    MCP_REMOTE_CONFIG_DIR: join(home, 'mcp-remote'),
    // The Inspector opens no browser without a terminal, unless it is told to.
    MCP_AUTO_OPEN_ENABLED: 'true',
  }
  return {
    env,
    opened,
    run: (program, ...args) => finished(program, args, env),
    async [Symbol.asyncDispose]() {
      await Promise.allSettled(visits)
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function finished(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((done) => child.once('exit', done)),
  ])
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${stdout}${stderr}`)
  return stdout + stderr
}

/** Calls a tool through mcp-remote, which a client that speaks stdio alone starts as its server. */
export async function callThroughRemote(url: URL, { env }: Desktop, name: string): Promise<unknown> {
  const client = new Client({ name: 'test', version: '1.0.0' })
  const args = [join(PROJECT, 'node_modules/mcp-remote/dist/proxy.js'), url.href]
  await client.connect(
    new StdioClientTransport({ command: process.execPath, args, env: { ...env }, stderr: 'ignore' }),
    { timeout: 120_000 },
  )
  try {
    return await client.callTool({ name, arguments: {} })
  } finally {
    await client.close()
  }
}

const CONFORMANCE = join(PROJECT, 'node_modules/@modelcontextprotocol/conformance/dist/index.js')

/** Runs MCP's conformance suite for authorization servers, and gives what it printed. */
export async function judgeAuthorizationServer(url: URL, browser: Browser, person: Person): Promise<string> {
  const port = String(await freePort())
  const registration = { client_name: 'Conformance', redirect_uris: [`http://127.0.0.1:${port}/callback`] }
  const registered = await fetch(new URL('/register', url), {
    method: 'POST',
    body: JSON.stringify(registration),
  })
  const { client_id } = (await registered.json()) as { client_id: string }
  const args = ['authorization', '--url', url.origin, '--client-id', client_id, '--resource', url.href]
  const child = spawn(process.execPath, [CONFORMANCE, ...args, '--port', port], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let printed = ''
  let visit: Promise<unknown> | undefined
  child.stdout.on('data', (chunk: Buffer) => {
    printed += chunk
    const address = /^http\S+\/authorize\?\S+$/m.exec(printed)?.[0]
    if (address !== undefined && printed.includes('Callback server started'))
      visit ??= browser.visit(address, person)
  })
  await new Promise((done) => child.once('close', done))
  await visit
  return printed
}

/** Programs that are too large to be installed with the project. */
const PROGRAMS = {
  inspector: ['@modelcontextprotocol/inspector', '2.12.0', 'clients/launcher/build/index.js'],
  mcpc: ['@apify/mcpc', '0.2.6', 'dist/cli/index.js'],
  mcporter: ['mcporter', '0.12.3', 'dist/cli.js'],
} as const

export type Programs = Readonly<Record<keyof typeof PROGRAMS, string>>

/** Installs them into this folder, and gives their files. */
export async function installPrograms(folder: string): Promise<Programs> {
  const packages = Object.values(PROGRAMS).map(([name, version]) => `${name}@${version}`)
  await promisify(execFile)('npm', [
    ...['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder],
    ...packages,
  ])
  const files = Object.entries(PROGRAMS).map(([key, [name, , file]]) => [
    key,
    join(folder, 'node_modules', name, file),
  ])
  return Object.fromEntries(files) as Programs
}
