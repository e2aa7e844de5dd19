/** `rowgate plan`, `sync` and `check` on a database that lives on after `rowgate up`. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { init } from '../../../../scripts/operate/source/init.ts'
import { plan } from '../../../../scripts/operate/source/plan.ts'
import { check, sync } from '../../../../scripts/operate/source/sync.ts'
import { up } from '../../../../scripts/operate/source/up.ts'
import { catalogueDump } from '../../../support/databases/app-checks.ts'
import { createForeignDatabase, type ForeignDatabase } from '../../../support/databases/foreign.ts'
import { apartFromPassword, postgres15Missing } from '../../../support/servers/postgres15.ts'

describe.skipIf(postgres15Missing())('a database that lives on', () => {
  let database: ForeignDatabase
  let folder: string
  let printed: string[]
  const places = () => ({ directory: join(folder, 'data'), file: join(folder, 'rowgate.yaml') })

  beforeAll(async () => {
    database = await createForeignDatabase('fieldwork')
    folder = await mkdtemp(join(tmpdir(), 'rowgate-sync-'))
  })
  beforeEach(() => {
    printed = []
    vi.spyOn(console, 'log').mockImplementation((text: unknown) => void printed.push(String(text)))
    vi.stubEnv('PGPASSWORD', apartFromPassword(database.url).env.PGPASSWORD)
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('the plan of what init wrote is refused nothing, measures it and changes nothing', async () => {
    await init({ ...places(), url: apartFromPassword(database.url).url, source: 'app', yes: true })
    const before = await catalogueDump(database)
    await plan({ ...places(), json: false })
    expect(await catalogueDump(database)).toBe(before)
    const text = printed.join('\n')
    expect(text).toMatch(/issues +1000 +100 +0 +0/)
    expect(text).toContain('projects_name begins with name')
    expect(text).not.toContain('Refused')
    expect(text).toMatch(/tools, which cost a model \d+ tokens a turn: .*find_rows \d+/)
    printed.length = 0
    await plan({ ...places(), json: true })
    const [json] = JSON.parse(printed.join('\n'))
    expect(json.callers.slice(-2)).toEqual(['an unknown tenant', 'nobody'])
    expect(json.tools).toContainEqual({ name: 'query', tokens: expect.any(Number) })
    expect(json.measured).toContainEqual(expect.objectContaining({ named: 'payments', rows: [3, 3, 0, 0] }))
  })

  test('check fails before up, and not after', async () => {
    await expect(check(places())).rejects.toThrow('app: the database and rowgate.lock.json do not fit')
    expect(printed.join('\n')).toContain('it was never made')
    await up({ ...places(), yes: true })
    printed.length = 0
    await check(places())
    await sync(places())
    expect(printed).toEqual(['app: nothing has changed.', 'app: nothing has changed.'])
  })

  test('what is new is proposed, opens nothing and fails no check', async () => {
    const file = await readFile(places().file, 'utf8')
    await database.as('fw_owner', (client) =>
      client.query(`alter table issues add column contact_email text;
        create table labels (id bigint primary key, org_id uuid not null, name text not null);
        alter type issue_status add value 'cancelled'`),
    )
    await check(places())
    const text = printed.join('\n')
    expect(text).toContain('contact_email: mask(email) # its name says an e-mail address')
    expect(text).toMatch(/public.labels: it is not in the file, so it is closed.\n +labels:\n +rows: tenant/)
    expect(text).toContain('its column status has the new value cancelled')
    expect(await readFile(places().file, 'utf8')).toBe(file)
  })

  test('what a view leans on has changed: check fails and says where', async () => {
    await database.as('fw_owner', (client) => client.query('alter table projects alter name drop not null'))
    await expect(check(places())).rejects.toThrow('do not fit')
    expect(printed.join('\n')).toContain('public.projects: its column name has changed, and is now text.')
  })
})
