/** Ids sort by the time they were made (RFC 9562 §5.7): keyset cursors stand on it. */

import { expect, test } from 'vitest'
import { uuidv7 } from '../../../src/infra/uuid.ts'

const SHAPE = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('an id is a UUID of version 7 whose first 48 bits are the time', () => {
  const id = uuidv7(Date.UTC(2026, 10, 21))
  expect(id).toMatch(SHAPE)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 10, 21))
})

test('an id made a millisecond later is greater, and no two of the same millisecond are alike', () => {
  const ids = Array.from({ length: 1000 }, (_, ms) => uuidv7(1_700_000_000_000 + ms))
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(Array.from({ length: 1000 }, () => uuidv7(0))).size).toBe(1000)
})
