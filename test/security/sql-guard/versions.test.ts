/** A function that the server does not have is refused: the name could call an operator's own. */

import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ALLOWED_FUNCTIONS } from '../../../src/sql-guard/rules/allowed-functions.ts'
import { NEWER_FUNCTIONS } from '../../../src/sql-guard/rules/versions.ts'
import { type Rowgate, startRowgate } from '../../support/product/rowgate.ts'
import { databases } from '../../support/servers/databases.ts'
import { createDatabase, postgres15Missing } from '../../support/servers/postgres15.ts'

/** Of pgvector, which is not on this machine's server. */
const VECTOR =
  `cosine_distance inner_product l1_distance l2_distance l2_norm l2_normalize vector_dims vector_norm subvector
  binary_quantize hamming_distance jaccard_distance`.split(/\s+/)

describe.skipIf(postgres15Missing())('on PostgreSQL 15', () => {
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client({ connectionString: await createDatabase() })
    await client.connect()
    for (const name of ['pg_trgm', 'fuzzystrmatch', 'unaccent'])
      await client.query(`create extension ${name}`)
  })
  afterAll(() => client.end())

  test('the allowed functions that it does not have are known to be newer, and no others', async () => {
    const { rows } = await client.query<{ name: string }>('select proname as name from pg_proc')
    const known = new Set(rows.map(({ name }) => name))
    const missing = [...ALLOWED_FUNCTIONS].filter((name) => !known.has(name) && !VECTOR.includes(name))
    const newer = [...NEWER_FUNCTIONS].filter(([, since]) => since > 15).map(([name]) => name)
    expect(missing.toSorted()).toEqual(newer.toSorted())
  })
})

/** Functions of an operator, each telling that it was called. */
const OWN = [
  'json_value',
  'json_query',
  'json_exists',
  'json_scalar',
  'json_serialize',
  'json_arrayagg',
  'json_array',
]
  .map(
    (name) =>
      `create function public.${name}(jsonb, text default '') returns text language sql as $$ select 'CALLED' $$;`,
  )
  .concat(`create function public.any_value(text) returns text language sql as $$ select 'CALLED' $$;`)
  .concat(`create function public.json(text) returns text language sql as $$ select 'CALLED' $$;`)
  .concat(`create function public.uuid(text) returns text language sql as $$ select 'CALLED' $$;`)

describe.each(databases)("on $engine, an operator's function of a newer name", ({ engine, start }) => {
  let rowgate: Rowgate
  beforeAll(async () => {
    rowgate = await startRowgate({ database: start })
    if (engine === 'PostgreSQL 15') await rowgate.database.endpoint.owner(OWN.join('\n'))
  })
  afterAll(() => rowgate.close())

  test.each([
    "select json_value('{}'::jsonb, '$')",
    "select json_query('{}'::jsonb, '$')",
    "select json_exists('{}'::jsonb, '$')",
    "select json_scalar('{}'::jsonb)",
    "select json_serialize('{}'::jsonb)",
    "select json_arrayagg('{}'::jsonb)",
    "select json_array('{}'::jsonb)",
    "select json('1')",
    "select any_value('x'::text)",
    "select uuid('00000000-0000-0000-0000-000000000000')",
    'select "json_scalar"(\'{}\'::jsonb)',
    'select "json_value"(\'{}\'::jsonb)',
  ])('is not called by %s', async (sql) => {
    for (const tool of ['query', 'explain_query']) {
      const answer = await rowgate.call('ada', tool, { sql })
      expect(JSON.stringify(answer)).not.toContain('CALLED')
      if (engine === 'PostgreSQL 15') expect(answer.error?.code).toBe('QUERY_REJECTED')
    }
  })
})
