/**
 * Postgres by TLS, in workerd: a certificate that does not hold is refused, and so is who offers no TLS, with
 * a sentence that names the setting.
 */

import { copyFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import type { PgBouncer } from '../../../../scripts/measure/pgbouncer.ts'
import { startTap, type Tap } from '../../../support/faults/recording-proxy.ts'
import { type Rowgate, startRowgate } from '../../../support/product/rowgate.ts'
import { shared } from '../../../support/product/shared.ts'
import { wrangler } from '../../../support/product/workerd.ts'
import {
  type Authority,
  type Certificate,
  startAuthority,
} from '../../../support/servers/certificate-authority.ts'
import { overTcp, startBehindTls } from '../../../support/servers/databases.ts'

// Hoisted above the imports: wrangler reads whom to trust when it is loaded.
const authority = await vi.hoisted(async () =>
  (await import('../../../support/servers/certificate-authority.ts')).startTrustedAuthority(),
)

/** In a URL this is another machine than 127.0.0.1; to Linux it is the same one. */
const ELSEWHERE = '0.0.0.0'
/** SSLRequest, which is all that may be said before TLS. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])
/** A TLS handshake's first bytes. */
const HANDSHAKE = Buffer.from([0x16, 0x03])
const NOT_TRUSTED = {
  code: 'UNAVAILABLE',
  message: expect.stringMatching(/certificate.*DATABASE_URL/),
  retryable: false,
}

describe.skipIf(authority === undefined || overTcp.length < 2)('by TLS', () => {
  const worker = wrangler()
  let trusted: Authority
  let stranger: Authority
  let shown: Certificate
  let secure: PgBouncer
  let plain: PgBouncer
  let tap: Tap
  let rowgate: Rowgate

  beforeAll(async () => {
    if (authority === undefined) throw new Error('Then all of this is skipped.')
    trusted = authority
    await shared('worker')
    stranger = await startAuthority()
    shown = await trusted.issue(`IP:${ELSEWHERE}`)
    const started = await startBehindTls(shown)
    secure = started.secure
    plain = started.plain
    tap = await startTap()
    const url = new URL(started.database.settings.databaseUrl)
    const DATABASE_URL = Object.assign(url, { hostname: ELSEWHERE, port: String(tap.port) }).href
    rowgate = await startRowgate({ worker, database: async () => started.database, env: { DATABASE_URL } })
  })
  afterAll(async () => {
    await worker.close()
    await rowgate?.close()
    for (const open of [tap, stranger, trusted]) await open?.close()
  })

  async function show({ cert, key }: Certificate): Promise<void> {
    await copyFile(cert, shown.cert)
    await copyFile(key, shown.key)
    await secure.reloadCertificate()
  }
  const list = () => rowgate.call('ada', 'list_tasks')

  beforeEach(async () => {
    await show(await trusted.issue(`IP:${ELSEWHERE}`))
    tap.lead(secure.port)
    await expect.poll(async () => (await list()).status, { timeout: 60_000 }).toBe('success')
    tap.heard()
  })

  test('it does its work, and nothing of it can be read on the way', async () => {
    await rowgate.call('ada', 'add_task', { title: 'hunter2' })
    const { data } = await list()
    expect(data.rows).toHaveLength(1)
    const heard = tap.heard()
    expect(heard.subarray(0, 10)).toEqual(Buffer.concat([SSL_REQUEST, HANDSHAKE]))
    expect(heard.toString('latin1')).not.toMatch(/hunter2|rowgate|begin|tasks/)
  })

  test.each([
    ['that another authority signed', () => stranger.issue(`IP:${ELSEWHERE}`)],
    ['for another name', () => trusted.issue('DNS:db.example.com,IP:127.0.0.2')],
  ])('a server with a certificate %s is refused, and its operator told where to look', async (_, issue) => {
    await show(await issue())
    expect((await list()).error).toMatchObject(NOT_TRUSTED)
  })

  test('a server that offers no TLS is refused, and told nothing in the clear', async () => {
    tap.lead(plain.port)
    expect((await list()).error).toMatchObject({
      ...NOT_TRUSTED,
      message: expect.stringMatching(/no TLS.*DATABASE_URL/),
    })
    expect(tap.heard()).toEqual(SSL_REQUEST)
  })

  test('a server that falls silent in the handshake is UNAVAILABLE, and may be tried again', async () => {
    tap.lead(secure.port, (piece, nth) => (nth === 1 ? piece : Buffer.alloc(0)))
    expect((await list()).error).toMatchObject({ code: 'UNAVAILABLE', retryable: true })
  })
})
