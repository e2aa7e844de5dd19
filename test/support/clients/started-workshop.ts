/**
 * `npm start` of a copy of the project that serves the bicycle workshop of `rowgate init --example`. Every
 * write of a repair needs its user's confirmation.
 */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from '../../../scripts/check/free-port.ts'
import { withLocalOwner } from '../../../scripts/local/owner.ts'
import { putEmptyPostgres, READY } from '../product/local.ts'
import { copyProject } from '../product/project-copy.ts'
import { runRowgate } from '../product/script.ts'
import { apartFromPassword, startPostgres15 } from '../servers/postgres15.ts'

const WORKSHOP = 'scripts/operate/source/example/workshop.sql'

/** What a person writes below `repairs:` in rowgate.yaml. */
const WRITES = `      repairs:
        allow: [find, get, insert, update, delete]
        insert: [bike_id, complaint, status, price, received_at]
        update: [complaint, status, price]
        set: { shop_id: tenant }
        confirm: always`

export interface Workshop extends AsyncDisposable {
  readonly url: URL
  /** Runs the owner's statement. */
  owner(sql: string): Promise<void>
}

type Env = Readonly<Record<string, string>>

interface Place extends AsyncDisposable {
  /** Arguments of `init`. */
  readonly init: readonly string[]
  readonly env: Env
  owner(sql: string): Promise<void>
}

export type OpenPlace = (copy: string) => Promise<Place>

export const embedded: OpenPlace = async (copy) => {
  const data = join(copy, '.rowgate')
  await putEmptyPostgres(data)
  return {
    init: ['--example'],
    env: {},
    owner: (sql) => withLocalOwner(data, async (owner) => void (await owner(sql))),
    async [Symbol.asyncDispose]() {},
  }
}

/** With further tables of the owner's. */
export const onPostgres15 =
  (sql = ''): OpenPlace =>
  async (copy) => {
    const server = await startPostgres15()
    const { url, env } = apartFromPassword(server.url)
    async function owner(sql: string): Promise<void> {
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(sql).finally(() => client.end())
    }
    await owner(`${await readFile(join(copy, WORKSHOP), 'utf8')}; ${sql}`)
    return { init: [url], env, owner, [Symbol.asyncDispose]: () => server.stop() }
  }

export async function startWorkshop(open: OpenPlace): Promise<Workshop> {
  const copy = copyProject(
    ...['package.json', 'wrangler.toml', 'tsconfig.json', 'src', 'scripts', 'web', 'drizzle'],
  )
  const place = await open(copy)
  const run = (args: readonly string[], env: Env = {}) => runRowgate(args, { ...place.env, ...env }, copy)
  const done = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await run(args).finished
    if (code !== 0) throw new Error(`rowgate ${args[0]} failed:\n${stdout}${stderr}`)
  }
  await done(['init', ...place.init, '--yes'])
  const file = join(copy, 'rowgate.yaml')
  await writeFile(file, (await readFile(file, 'utf8')).replace(/^ {6}repairs:$/m, WRITES))
  await done(['up', '--yes'])
  const port = await freePort()
  const running = run(['start', '--data', join(copy, '.rowgate')], { PORT: String(port) })
  await running.says(READY)
  return {
    url: new URL(`http://localhost:${port}/mcp`),
    owner: place.owner,
    async [Symbol.asyncDispose]() {
      running.process.kill()
      await running.finished
      await place[Symbol.asyncDispose]()
      await rm(copy, { recursive: true, force: true })
    },
  }
}
