/** `rowgate as` says as whom, and what is called. */

import { expect, test } from 'vitest'
import { asCommand } from '../../../scripts/cli/commands/as.ts'
import type { AsOptions } from '../../../scripts/local/as.ts'

async function asked(...args: string[]): Promise<AsOptions | undefined> {
  const given: AsOptions[] = []
  await asCommand(async (options) => void given.push(options)).parseAsync(args, { from: 'user' })
  return given[0]
}

test('a query is a call of the tool query, in the source that is named', async () => {
  expect(await asked('alice', '--tenant', '42', '--source', 'crm', 'query', 'select 1')).toMatchObject({
    user: 'alice',
    tenant: '42',
    tool: 'query',
    args: { sql: 'select 1', source: 'crm' },
  })
})

test('a call has the arguments that are given as JSON, and the claims', async () => {
  const options = await asked(
    'bob',
    'call',
    'find_rows',
    '{"table":"issues"}',
    '--claim',
    'org_id=7',
    '--claim',
    'a=b=c',
  )
  expect(options).toMatchObject({
    tool: 'find_rows',
    args: { table: 'issues' },
    claims: { org_id: '7', a: 'b=c' },
  })
})
