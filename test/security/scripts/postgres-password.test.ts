/** A password is never an argument: it comes from PGPASSWORD, or from whoever types it. */

import pg from 'pg'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { type Terminal, withPassword } from '../../../scripts/cli/postgres-password.ts'
import { apartFromPassword, createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

const nobody: Terminal = { interactive: false, ask: () => Promise.reject(new Error('Nobody is there.')) }
const typing = (password: string): Terminal => ({ interactive: true, ask: async () => password })

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.skipIf(postgres15Missing())('of a server that wants one', () => {
  const database = async () => apartFromPassword(await createDatabase())

  test('is asked for where somebody can type, and opens the server', async () => {
    const { url, env } = await database()
    const client = new pg.Client({
      connectionString: await withPassword('--postgres', url, typing(env.PGPASSWORD)),
    })
    await client.connect()
    await client.end()
  })

  test.each(['p@ss/wörd:%', ' ', '?#&='])('may hold any character: %j', async (password) => {
    const { url } = await database()
    const given = new URL(await withPassword('--postgres', url, typing(password)))
    expect(decodeURIComponent(given.password)).toBe(password)
  })

  test('is taken from PGPASSWORD by the driver itself, and nobody is asked', async () => {
    const { url, env } = await database()
    vi.stubEnv('PGPASSWORD', env.PGPASSWORD)
    expect(await withPassword('--postgres', url, nobody)).toBe(url)
  })

  test('without a terminal, one sentence says where it can come from', async () => {
    const { url } = await database()
    await expect(withPassword('--database-url', url, nobody)).rejects.toThrow(
      /^The server of --database-url wants a password: set PGPASSWORD, or run the command in a terminal/,
    )
  })

  test('that is wrong in PGPASSWORD is said, and not repeated', async () => {
    const { url } = await database()
    vi.stubEnv('PGPASSWORD', 'hunter2')
    const refused = withPassword('--postgres', url, typing('x'))
    await expect(refused).rejects.toThrow('refuses the password in PGPASSWORD')
    await expect(refused).rejects.not.toThrow('hunter2')
  })
})

test('a server that is not there is for the command to find: nobody is asked', async () => {
  const url = 'postgres://me@127.0.0.1:1/x'
  expect(await withPassword('--postgres', url, nobody)).toBe(url)
})
