/** `npm run audit:verify` as an operator runs it, against a real server. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runRowgate } from '../../support/product/script.ts'
import { type Postgres15, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'

describe.skipIf(postgres15Missing())('npm run audit:verify', () => {
  let server: Postgres15
  beforeAll(async () => {
    server = await startPostgres15()
  })
  afterAll(() => server.stop())

  test('ends well on a whole log; on a broken one it names the row and fails, so that a job that runs it is seen to', async () => {
    const DATABASE_OWNER_URL = server.url
    const verify = () => runRowgate(['audit', 'verify'], { DATABASE_OWNER_URL }).finished
    expect((await runRowgate(['migrate'], { DATABASE_OWNER_URL }).finished).code).toBe(0)
    const client = new pg.Client(server.url)
    await client.connect()
    const entries = [1, 2, 3].map((at) => ({
      ...{ id: crypto.randomUUID(), at, sub: 'ada', tool: 'add_task', outcome: 'success', ms: 1 },
      ...{ request: 'r', arguments: 'h', targets: [], count: 0 },
    }))
    await client.query('select rowgate.append_audit($1, $2)', ['acme', JSON.stringify(entries)])
    const whole = await verify()
    expect(whole).toMatchObject({ code: 0, stderr: '' })
    expect(whole.stdout).toMatch(/^"acme" whole: 3 rows, head 3:[0-9a-f]{64}\n1 chains, 0 broken\.\n$/)
    await client.query('delete from rowgate.audit_log where seq = 2')
    await client.end()
    const broken = await verify()
    expect(broken.code).toBe(1)
    expect(broken.stdout).toMatch(/^"acme" BROKEN: row 2 is missing[^\n]*\n1 chains, 1 broken\.\n$/)
  })
})
