/**
 * A client of `npm start` that closes ends its statement in Postgres. It closes as most do: with FIN, not
 * with a reset.
 */

import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, onTestFinished, test, vi } from 'vitest'
import { freePort } from '../../../scripts/check/free-port.ts'
import { startLocal } from '../../support/product/local.ts'
import { apartFromPassword, postgres15Missing, startPostgres15 } from '../../support/servers/postgres15.ts'
import { absent } from '../../support/skip-without.ts'
import { SOON_MS } from '../../support/timeouts.ts'

const WAITING = `select count(*)::int as calls from pg_stat_activity
  where wait_event_type = 'Lock' and usename = 'rowgate_postgres'`

test.skipIf(postgres15Missing() || absent('tasks'))(
  'a client that closes with FIN ends its statement, on a stream and without one',
  async () => {
    const server = await startPostgres15()
    onTestFinished(() => server.stop())
    const directory = await mkdtemp(join(tmpdir(), 'rowgate-fin-'))
    onTestFinished(() => rm(directory, { recursive: true, force: true }))
    const port = await freePort()
    const { url, env } = apartFromPassword(server.url)
    const args = ['--data', directory, '--yes', '--examples', '--postgres', url]
    const local = await startLocal(args, { ...env, PORT: String(port) })
    const owner = new pg.Client({ connectionString: server.url })
    await owner.connect()
    onTestFinished(() => owner.end())
    await owner.query('begin; lock table tasks')
    // Within a transaction the server shows the activity of its first look.
    const watcher = new pg.Client({ connectionString: server.url })
    await watcher.connect()
    onTestFinished(() => watcher.end())
    const waiting = async () => (await watcher.query(WAITING)).rows[0]?.calls

    for (const meta of [{}, { progressToken: 1 }]) {
      const params = { name: 'list_tasks', arguments: {}, _meta: meta }
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params })
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
      socket.write(
        [
          'POST /mcp HTTP/1.1',
          `Host: localhost:${port}`,
          `Authorization: Bearer ${local.token('alice')}`,
          'Content-Type: application/json',
          'Accept: application/json, text/event-stream',
          `Content-Length: ${Buffer.byteLength(body)}`,
          '',
          body,
        ].join('\r\n'),
      )
      await vi.waitFor(async () => expect(await waiting()).toBe(1), SOON_MS)
      socket.end()
      await vi.waitFor(async () => expect(await waiting()).toBe(0), SOON_MS)
      socket.destroy()
    }
  },
)
