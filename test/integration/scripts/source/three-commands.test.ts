/**
 * The README's three commands, as a person runs them in a clone: `init` and `up` on a database that was there
 * before, then `npm start`, and an agent's first answer.
 */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { freePort } from '../../../../scripts/check/free-port.ts'
import { READY, startLocal } from '../../../support/product/local.ts'
import { copyProject } from '../../../support/product/project-copy.ts'
import { runRowgate } from '../../../support/product/script.ts'
import { apartFromPassword, postgres15Missing, startPostgres15 } from '../../../support/servers/postgres15.ts'

const APP = `
  create table companies (id bigint primary key, name text not null);
  create table tickets (id bigint primary key, company_id bigint not null references companies, title text not null);
  insert into companies values (7, 'Acme'), (8, 'Globex');
  insert into tickets select n, case when n % 3 = 0 then 8 else 7 end, 'ticket ' || n from generate_series(1, 30) n;
  analyze`

test.skipIf(postgres15Missing())(
  'init, up and npm start serve a database that was there before',
  async () => {
    const server = await startPostgres15()
    onTestFinished(() => server.stop())
    const app = new pg.Client({ connectionString: server.url })
    await app.connect()
    await app.query(APP)
    await app.end()
    const copy = copyProject(
      'package.json',
      'wrangler.toml',
      'tsconfig.json',
      'src',
      'scripts',
      'web',
      'drizzle',
    )
    onTestFinished(() => rm(copy, { recursive: true, force: true }))
    const { url, env } = apartFromPassword(server.url)

    expect(await runRowgate(['init', url, '--yes'], env, copy).finished).toMatchObject({ code: 0 })
    expect(await runRowgate(['up', '--yes'], env, copy).finished).toMatchObject({ code: 0 })
    const port = { PORT: String(await freePort()) }
    const local = await startLocal(['--data', join(copy, '.rowgate')], port, { project: copy })
    expect(local.running.printed()).toContain(READY)

    const count = (user: string) =>
      local.ask(local.token(user), 'tools/call', {
        name: 'query',
        arguments: { sql: 'select count(*) from tickets' },
      })
    // The tokens of alice and bob are of the two largest companies: each sees its own tickets.
    expect(await count('alice')).toContain('"rows":[[20]]')
    expect(await count('bob')).toContain('"rows":[[10]]')

    // Anybody of anywhere, by the endpoint itself.
    const as = (...args: string[]) => runRowgate(['as', 'mallory', ...args], port, copy).finished
    const counted = 'select count(*) from tickets'
    const [theirs, none] = [
      await as('--tenant', '8', 'query', counted),
      await as('--tenant', '9', 'query', counted),
    ]
    expect([theirs?.stdout, none?.stdout]).toEqual([
      expect.stringMatching(/^10$/m),
      expect.stringMatching(/^0$/m),
    ])
    const found = await as('--tenant', '7', 'call', 'find_rows', '{"table": "tickets", "limit": 1}')
    expect(found).toMatchObject({ code: 0, stdout: expect.stringContaining('ticket 1') })
    const refused = await as('--tenant', 'seven', 'call', 'find_rows', '{"table": "tickets"}')
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('AUTHORIZATION_ERROR') })
  },
)
