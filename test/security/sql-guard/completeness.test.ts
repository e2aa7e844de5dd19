/**
 * The lists of the guard against a real server's catalogue: nothing dangerous by class is on them by
 * accident.
 */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALIAS_NAMES_COLUMN, ALLOWED_FUNCTIONS } from '../../../src/sql-guard/rules/allowed-functions.ts'
import { ALLOWED_OPERATORS } from '../../../src/sql-guard/rules/allowed-operators.ts'
import { ALLOWED_TYPES } from '../../../src/sql-guard/rules/allowed-types.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

/** Allowed although they belong to a class that is refused, and why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  clock_timestamp: 'volatile: it only tells the time',
  random: 'volatile: it draws from a generator of the session that nothing else uses',
  gen_random_uuid: 'volatile: it only draws',
}

describe.skipIf(postgres15Missing())("of PostgreSQL 15's functions,", () => {
  let client: pg.Client

  async function names(condition: string): Promise<readonly string[]> {
    const { rows } = await client.query<{ name: string }>(
      `select distinct proname as name from pg_proc p where pronamespace = 'pg_catalog'::regnamespace and (${condition})`,
    )
    return rows.map(({ name }) => name)
  }

  async function allowedOf(condition: string): Promise<readonly string[]> {
    return (await names(condition)).filter(
      (name) => ALLOWED_FUNCTIONS.has(name) && !Object.hasOwn(EXCEPTIONS, name),
    )
  }

  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
  })

  afterAll(() => client.end())

  test.each([
    ['volatile', "provolatile = 'v'"],
    [
      'named for the server',
      "proname ~ '^(pg_|lo_|lo|binary_upgrade|has_|txid_|inet_(client|server)|dblink)' and proname <> 'log' and proname !~ '^(log|lower|localtime)'",
    ],
    [
      'running text, tables or cursors as queries',
      "proname ~ '(query|table|schema|database|cursor)_to_xml|^ts_(stat|rewrite|debug|parse|token_type|lexize)$'",
    ],
    [
      'taking or giving a name of the catalogue',
      "proname ~ '^(to_)?reg(class|proc|procedure|oper|operator|type|role|namespace|config|dictionary|collation)$|^(format_type|obj_description|col_description|shobj_description)$'",
    ],
    [
      'telling of the session',
      "proname ~ '^(current_|session_user|getpgusername|getdatabaseencoding|version|set_config|setseed|row_security)'",
    ],
    ['parallel-restricted by touching the session', "proparallel = 'u'"],
    ['reading or changing sequences', "proname ~ '^(nextval|currval|setval|lastval)$'"],
    ['working on XML', "proname ~ 'xml|^xpath' or 'xml'::regtype = any (proargtypes) and proname <> 'text'"],
    [
      'for triggers, handlers and internals',
      "prorettype::regtype::text ~ '^(trigger|event_trigger|.*_handler|internal|cstring)$' or 'internal'::regtype = any (proargtypes) and prokind = 'f'",
    ],
    [
      'giving a name of the catalogue, beside which a literal is looked up too',
      "prorettype::regtype::text ~ '^reg' and prokind = 'f'",
    ],
    [
      'taking the catalogue types',
      "proargtypes::regtype[] && array['regclass', 'regproc', 'regrole', 'regnamespace', 'aclitem']::regtype[]",
    ],
  ])('none that is %s is allowed', async (_, condition) => {
    expect(await allowedOf(condition)).toEqual([])
    // The condition must find something, or it proves nothing.
    expect((await names(condition)).length).toBeGreaterThan(0)
  })

  test('every exception is on the list', () => {
    expect(Object.keys(EXCEPTIONS).filter((name) => !ALLOWED_FUNCTIONS.has(name))).toEqual([])
  })

  test('none is called like a column that column notation takes for granted', async () => {
    expect(
      await names("proname in ('key', 'value', 'ordinality', 'lexeme', 'positions', 'weights')"),
    ).toEqual([])
  })

  test('none whose alias names its column gives a scalar another name', async () => {
    const named = await names("'o' = any (proargmodes) and prorettype <> 'record'::regtype")
    expect(named.filter((name) => ALIAS_NAMES_COLUMN.has(name))).toEqual([])
  })

  test('no allowed type is a row, a pseudo-type or of the system', async () => {
    const { rows } = await client.query<{ name: string }>(
      `select typname as name from pg_type where typnamespace = 'pg_catalog'::regnamespace
       and (typtype in ('c', 'p') or typname ~ '^(reg|pg_|oid|xid|cid$|tid$|acl|xml|name)')`,
    )
    expect(rows.map(({ name }) => name).filter((name) => ALLOWED_TYPES.has(name))).toEqual([])
    expect(rows.length).toBeGreaterThan(100)
  })

  test('no allowed operator calls a volatile function', async () => {
    const { rows } = await client.query<{ name: string }>(
      "select oprname as name from pg_operator o join pg_proc p on p.oid = o.oprcode where provolatile = 'v'",
    )
    expect(rows.map(({ name }) => name).filter((name) => ALLOWED_OPERATORS.has(name))).toEqual([])
  })
})
