/** The rows tools in the list that a model reads on every turn: every field described, in few tokens. */

import { encode } from 'gpt-tokenizer'
import { expect, test } from 'vitest'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { toolsets } from '../../../src/toolsets/index.ts'
import { rows } from '../../../src/toolsets/rows/tools.ts'
import { lockOf, tableOf } from '../../support/product/sources.ts'

const MOST_TOKENS = 1_800
const NAMES =
  'accounts api_tokens audit_events comments customers deployments environments feature_flags incidents invoices issues labels memberships milestones notifications order_items organizations payments projects subscriptions'

interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

function listed(names: readonly string[], scopes = ['rows:read', 'rows:write']) {
  const tables = names.map((name) =>
    tableOf(name, { id: 'bigint' }, { allow: ['find', 'get', 'insert', 'update', 'delete'] }),
  )
  const source = { name: 'app', lock: lockOf(tables), scope: undefined }
  const registry = createRegistry([rows], new Set(['postgres'] as const), [source])
  const caller = { userId: 'a', tenantId: 'a', scopes: new Set(scopes) }
  return registry.view(caller, EVERYTHING).listJson
}

function undescribed(schema: Schema, path = ''): string[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description ? [] : [`${path}${name}`]),
    ...undescribed(field, `${path}${name}.`),
  ])
  return [...fields, ...(schema.items === undefined ? [] : undescribed(schema.items, path))]
}

test('the five tools with 20 tables take at most 1,800 tokens', () => {
  const tables = NAMES.split(' ')
  expect(tables).toHaveLength(20)
  expect(encode(listed(tables)).length).toBeLessThanOrEqual(MOST_TOKENS)
})

test('every field of their input is described, and no other is taken', () => {
  const tools: { name: string; inputSchema: Schema }[] = JSON.parse(listed(['issues']))
  expect(tools.map(({ name }) => name)).toEqual([
    'find_rows',
    'get_row',
    'insert_row',
    'update_row',
    'delete_row',
  ])
  for (const { inputSchema } of tools) {
    expect(undescribed(inputSchema)).toEqual([])
    expect(inputSchema).toMatchObject({ additionalProperties: false })
  }
})

test('of more than 40 tables the names are not listed, and are checked all the same', () => {
  const many = Array.from({ length: 41 }, (_, at) => `t${at}`)
  expect(listed(many)).not.toContain('"t7"')
  expect(listed(many.slice(1))).toContain('"t7"')
})

test('what no file allows anywhere is no tool, and a token without the scope lists none', () => {
  const lock = lockOf([tableOf('notes', { id: 'bigint' })])
  const registry = createRegistry([rows], new Set(['postgres'] as const), [
    { name: 'app', lock, scope: undefined },
  ])
  const all = { userId: 'a', tenantId: 'a', scopes: new Set(['rows:read', 'rows:write']) }
  const names = [...registry.view(all, EVERYTHING).tools.keys()]
  expect(names).toEqual(['find_rows', 'get_row'])
  expect(listed(['notes'], ['rows:read'])).not.toContain('delete_row')
})

test('the list of all tools of a database with 300 tables stays under 20 KiB', () => {
  const tables = Array.from({ length: 300 }, (_, at) =>
    tableOf(
      `customer_subscription_${at}`,
      { id: 'bigint' },
      { allow: ['find', 'get', 'insert', 'update', 'delete'] },
    ),
  )
  const source = { name: 'app', lock: lockOf(tables), scope: undefined }
  const registry = createRegistry(toolsets, new Set(['postgres'] as const), [source])
  const scopes = new Set(toolsets.flatMap(({ tools }) => tools.map(({ scope }) => scope)))
  const { listJson, tools } = registry.view({ userId: 'a', tenantId: 'a', scopes }, EVERYTHING)
  expect(tools.size).toBeGreaterThan(12)
  expect(Buffer.byteLength(listJson)).toBeLessThan(20 * 1024)
})
