/** A login that could step around row security opens no transaction, even with a good seal. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tasks } from '../../../../scripts/measure/tasks/table.ts'
import { createPostgres } from '../../../../src/data/postgres/connector.ts'
import { seal } from '../../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../../src/infra/identity-key.ts'
import {
  caller,
  databases,
  IDENTITY_KEY,
  letIn,
  type TestDatabase,
} from '../../../support/servers/databases.ts'

const UNSAFE = 'RG001'

/** Each makes the role `R`; `O` is the role that owns the tables. */
const logins: Record<string, { make: string; undo?: string; superuser?: true }> = {
  'may make roles': { make: 'create role R createrole' },
  'is a superuser': { make: 'create role R superuser', superuser: true },
  'bypasses row security': { make: 'create role R bypassrls', superuser: true },
  'may replicate': { make: 'create role R replication', superuser: true },
  'is a member of a role, even one that it does not inherit': {
    make: 'create role R noinherit; create role R_of; grant R_of to R',
    undo: 'drop role R_of',
  },
  'owns a table': {
    make: 'create role R; create table public.R_owned (x int); grant R to current_user; grant create on schema public to R; alter table public.R_owned owner to R; revoke create on schema public from R',
    undo: 'drop table public.R_owned',
  },
  'owns a schema': {
    make: 'create role R; grant R to current_user; create schema R_owned authorization R',
    undo: 'drop schema R_owned',
  },
}

describe.each(databases)('a login, on $engine', ({ engine, start }) => {
  let db: TestDatabase
  const embedded = engine === 'the embedded Postgres'
  beforeAll(async () => {
    db = await start()
  })
  afterAll(() => db.close())

  const enteredBy = async (login: string) =>
    db.transaction(
      [
        [
          'select rowgate.enter($1, $2, $3)',
          [await seal(caller('alice'), await importIdentityKey(IDENTITY_KEY), Date.now()), 'read', 5_000],
        ],
        ['select 1 as entered'],
      ],
      login,
    )
  const reaching = (role: string) =>
    `${letIn(role)}; grant usage on schema rowgate to ${role};
     grant execute on function rowgate.enter(text, text, integer) to ${role}`
  const removing = (role: string) =>
    `revoke all on function rowgate.enter(text, text, integer) from ${role};
     revoke all on schema rowgate, public from ${role}; drop role ${role}`

  test('with no more than its grants may enter', async () => {
    const role = `plain_${process.pid}`
    await db.endpoint.owner(`create role ${role}; ${reaching(role)}`)
    expect(await enteredBy(role)).toEqual([{ entered: 1 }])
    await db.endpoint.owner(removing(role))
  })

  // An owner who is no superuser cannot make the strongest roles; the embedded Postgres shows those.
  const makeable = Object.entries(logins).filter(([, { superuser }]) => embedded || superuser !== true)
  test.each(makeable)('that %s is refused', async (_, { make, undo }) => {
    const role = `unsafe_${process.pid}_${Math.floor(Math.random() * 1e9)}`
    const named = (text: string) => text.replaceAll(/\bR(?=_of\b|_owned\b|\b)/g, role)
    await db.endpoint.owner(named(make))
    await db.endpoint.owner(reaching(role))
    try {
      expect(await enteredBy(role)).toBe(UNSAFE)
      const open = createPostgres({ ...db.settings, databaseUrl: db.url(role) })
      const postgres = open(caller('alice'), {
        signal: new AbortController().signal,
        deadline: Date.now() + 5_000,
      })
      await expect(postgres.read((q) => [q.select().from(tasks)])).rejects.toMatchObject({
        code: 'UNSAFE_DATABASE_ROLE',
        retryable: false,
      })
    } finally {
      if (undo !== undefined) await db.endpoint.owner(named(undo))
      await db.endpoint.owner(removing(role))
    }
  })
})
