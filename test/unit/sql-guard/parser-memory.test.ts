/** The parser's memory fits an isolate, and its stack, made smaller than published, is never used up. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { STACK, STACK_START, shrink } from '../../../scripts/build/prebuild/parser-memory.ts'
import { MAX_SQL_LENGTH, parse } from '../../../src/sql-guard/parser/parse.ts'
import { DEEP_QUERIES } from '../../support/fixtures/deep-queries.ts'

const MEBIBYTE = 1_048_576
const UNTOUCHED = 0xa5

const RealInstance = WebAssembly.Instance
let memory = new WebAssembly.Memory({ initial: 0 })

/** Notes the memory of each parser that is made. */
WebAssembly.Instance = class extends RealInstance {
  constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    super(module, imports)
    for (const value of Object.values(this.exports)) if (value instanceof WebAssembly.Memory) memory = value
  }
}
afterAll(() => {
  WebAssembly.Instance = RealInstance
})

test('an ordinary query leaves the memory at 6 MiB', async () => {
  expect(await parse('select 1')).toMatchObject({ ok: true })
  expect(memory.buffer.byteLength).toBe(6 * MEBIBYTE)
})

test.each(DEEP_QUERIES)(
  '%s take less than half of the stack, and less than 16 MiB in all',
  async (_, sql) => {
    expect(sql.length).toBeLessThanOrEqual(MAX_SQL_LENGTH)
    await parse('select 1')
    const stack = () => new Uint8Array(memory.buffer, STACK_START, STACK)
    stack().fill(UNTOUCHED)
    // The parser may give up and be replaced; what it did is in the memory it had.
    const own = memory
    await parse(sql)
    const lowest = new Uint8Array(own.buffer, STACK_START, STACK).findIndex((byte) => byte !== UNTOUCHED)
    // A text of too many words does not get as far as the parser.
    expect(lowest === -1 ? STACK : lowest).toBeGreaterThan(STACK / 2)
    expect(own.buffer.byteLength).toBeLessThan(16 * MEBIBYTE)
  },
)

test('what a query took is used again', async () => {
  const sql = `select ${'a,'.repeat(1_900)}1`
  await parse(sql)
  const after = memory.buffer.byteLength
  for (let time = 0; time < 30; time++) await parse(sql)
  expect(memory.buffer.byteLength).toBe(after)
})

test('code of another layout is refused, not rewritten in part', () => {
  const published = readFileSync(fileURLToPath(import.meta.resolve('libpg-query/wasm/libpg-query.wasm')))
  expect(shrink(published)).toHaveLength(published.length)
  expect(() => shrink(shrink(published))).toThrow('does not have the layout of version')
})
