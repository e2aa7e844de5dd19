/**
 * Two users and every tool over Postgres that Rowgate brings: with the other's ids, the other's words or
 * none, nothing of the other's comes back or changes.
 */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toolsets } from '../../../src/with-examples.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { anyDatabase } from '../../support/servers/databases.ts'
import { absent } from '../../support/skip-without.ts'

const SECRET = 'xyzzy plugh'
const WORD = 'xyzzy'
const NO_SUCH_ID = '01900000-0000-7000-8000-000000000000'
const FILM = 'movie-1'
const SHOW = 'show-1'
const STORE = '00000000-0000-8000-8000-000000000001'

const ALICE = { tenant: 'acme' }
const MALLORY = { tenant: 'rival' }

interface Ids {
  readonly task: string
  readonly user: string
  readonly post: string
  readonly store: string
}
const NONE: Ids = { task: NO_SUCH_ID, user: NO_SUCH_ID, post: NO_SUCH_ID, store: NO_SUCH_ID }

type Attack = (ids: Ids) => Record<string, unknown>
const nothing: Attack = () => ({})
const searched: Attack = () => ({ search_term: WORD })
const task: Attack = (ids) => ({ task_id: ids.task })
const user: Attack = (ids) => ({ user_id: ids.user })

const TEXTS = [
  ...[
    'select title from public.tasks',
    'select description from public.tasks',
    'select user_id from public.tasks',
  ],
  ...['select name from directory.users', 'select email from directory.users'],
  ...['select title from directory.posts', 'select content from directory.posts'],
  ...['select name from retail.stores', 'select user_id from retail.store_assignments'],
].join(' union all ')

/** Mallory's arguments for each tool. Add those of every tool that is added to one of these toolsets. */
const ATTACKS: Readonly<Record<string, Attack>> = {
  add_task: () => ({ title: 'mine', idempotency_key: 'k' }),
  list_tasks: () => ({ text: WORD }),
  get_task: task,
  update_task: (ids) => ({ ...task(ids), title: 'stolen' }),
  complete_task: task,
  delete_task: task,
  create_user: () => ({ name: 'Mallory', email: 'ada@acme.example', idempotency_key: 'k' }),
  get_users: nothing,
  search_users: searched,
  update_user: (ids) => ({ ...user(ids), name: 'stolen' }),
  delete_user: (ids) => ({ ...user(ids), permanent: true }),
  create_user_with_posts: () => ({
    name: 'M',
    email: 'm@rival.example',
    posts: [{ title: 't', content: 'c' }],
  }),
  get_user_with_posts: user,
  bulk_update_posts: (ids) => ({ author_id: ids.user, post_ids: [ids.post], updates: { title: 'stolen' } }),
  optimized_search: searched,
  batch_insert_users: () => ({ users: [{ name: 'B', email: 'b@rival.example' }] }),
  get_store_performance: (ids) => ({ store_id: ids.store }),
  semantic_search_products: () => ({ text: WORD }),
  execute_sales_query: () => ({ postgresql_query: 'select name from retail.stores' }),
  get_multiple_table_schemas: () => ({ tables: ['stores'] }),
  get_current_utc_date: nothing,
  search_titles: () => ({ query: WORD }),
  get_title: () => ({ title_id: FILM }),
  top_titles: nothing,
  compare_titles: () => ({ title_ids: [FILM, SHOW] }),
  viewing_trends: () => ({ title_id: FILM }),
  list_tables: nothing,
  describe_tables: () => ({ tables: ['public.tasks', 'directory.users'] }),
  query: () => ({ sql: TEXTS, limit: 1_000 }),
  explain_query: () => ({ sql: TEXTS, analyze: true }),
  search_schema: () => ({ words: WORD }),
  list_activity: nothing,
  health_check: nothing,
  database_diagnostics: nothing,
}

const TOOLSETS = ['tasks', 'directory', 'retail', 'netflix', 'sql', 'audit', 'system']
const OURS = toolsets.filter(({ name }) => TOOLSETS.includes(name))
const TOOLS = OURS.flatMap(({ tools }) => tools.map(({ name }) => name))
const TAKING_IDS = TOOLS.filter((name) => JSON.stringify(ATTACKS[name]?.(NONE))?.includes(NO_SUCH_ID))

describe.skipIf(absent('tasks', 'directory', 'retail')).each(anyDatabase)('on $engine', ({ start }) => {
  let rowgate: Rowgate
  let ids: Ids
  let before: string

  /** All that Alice sees of what is hers. */
  const hers = async () =>
    JSON.stringify([
      await rowgate.call('alice', 'get_task', { task_id: ids.task }, ALICE),
      await rowgate.call('alice', 'get_user_with_posts', { user_id: ids.user }, ALICE),
      await rowgate.call('alice', 'get_users', {}, ALICE),
      await rowgate.call('alice', 'list_tasks', {}, ALICE),
    ])

  beforeAll(async () => {
    rowgate = await startRowgate({
      database: start,
      env: { AUDIT_READS: 'true', SQL_SCHEMAS: 'public, directory, retail' },
    })
    const force = (how: string) =>
      ['stores', 'store_assignments']
        .map((name) => `alter table retail.${name} ${how} row level security;`)
        .join('')
    await rowgate.database.endpoint.owner(`${force('no force')}
      insert into retail.stores (store_id, name, location, kind) values ('${STORE}', '${SECRET}', 'Leeds', 'shop');
      insert into retail.store_assignments (user_id, store_id, role) values ('alice', '${STORE}', 'store_manager');
      ${force('force')}`)
    const made = { title: SECRET, description: SECRET, idempotency_key: 'k' }
    const { data: added } = await rowgate.call('alice', 'add_task', made, ALICE)
    const person = { name: SECRET, email: 'ada@acme.example', posts: [{ title: SECRET, content: SECRET }] }
    const { data: written } = await rowgate.call('alice', 'create_user_with_posts', person, ALICE)
    ids = { task: added.id, user: written.user.id, post: written.post_ids[0], store: STORE }
    before = await hers()
    expect(before.split(SECRET).length).toBeGreaterThan(5)
  })
  afterAll(() => rowgate.close())

  test('every tool is tried', () => {
    expect(TAKING_IDS.length).toBeGreaterThan(8)
    expect(TOOLS.filter((name) => ATTACKS[name] === undefined)).toEqual([])
  })

  test.each(TOOLS)('%s gives nothing of another’s', async (name) => {
    const attack = ATTACKS[name] ?? nothing
    const answer = await rowgate.call('mallory', name, attack(ids), MALLORY)
    expect(answer.error?.code ?? '').not.toMatch(/^(VALIDATION_ERROR|INTERNAL)$/)
    if (name.endsWith('query')) expect(answer.status).toBe('success')
    const told = JSON.stringify(answer)
    for (const secret of [SECRET, 'alice']) expect(told).not.toContain(secret)
    // Every try of Mallory's stands in the list of Mallory's own activity.
    if (name === 'list_activity') return
    for (const id of [ids.task, ids.user, ids.post]) expect(told).not.toContain(id)
  })

  test.each(TAKING_IDS)('%s answers for another’s id as for one that never was', async (name) => {
    const attack = ATTACKS[name] ?? nothing
    const foreign = await rowgate.call('mallory', name, attack(ids), MALLORY)
    expect(foreign.error?.code ?? '').toMatch(/^(NOT_FOUND|AUTHORIZATION_ERROR)$/)
    expect(foreign).toEqual(await rowgate.call('mallory', name, attack(NONE), MALLORY))
  })

  test('and what is hers is as it was', async () => {
    expect(await hers()).toBe(before)
  })
})
