/** One caller's work keeps another's from the database for no longer than one piece of it takes. */

import { expect, it } from 'vitest'
import { callerOf } from '../../../scripts/local/postgres/caller.ts'
import { createTurns, type TurnOptions } from '../../../scripts/local/postgres/turns.ts'
import { seal } from '../../../src/data/postgres/seal.ts'
import { importIdentityKey } from '../../../src/infra/identity-key.ts'
import { caller, IDENTITY_KEY } from '../../support/servers/databases.ts'

/** Work that runs until the test ends it, and what has begun so far. */
function track(options: TurnOptions) {
  const takeTurn = createTurns(options)
  const begun: string[] = []
  const ends = new Map<string, (failed?: boolean) => Promise<void>>()
  const rest = () => new Promise<void>((done) => setImmediate(done))
  return {
    begun,
    async ask(by: string, name: string): Promise<void> {
      const over = Promise.withResolvers<void>()
      const result = takeTurn(by, async () => {
        begun.push(name)
        await over.promise
      })
      result.catch(() => undefined)
      ends.set(name, async (failed) => {
        if (failed) over.reject(new Error('It failed.'))
        else over.resolve()
        await rest()
      })
      await rest()
    },
    end: async (name: string, failed?: boolean) => ends.get(name)?.(failed),
  }
}

it('with one place a caller who comes later is next, and not last', async () => {
  const { ask, end, begun } = track({ places: 1, placesPerCaller: 1 })
  for (const name of ['bob 1', 'bob 2', 'bob 3']) await ask('bob', name)
  for (const name of ['alice 1', 'alice 2']) await ask('alice', name)
  expect(begun).toEqual(['bob 1'])
  await end('bob 1')
  expect(begun.at(-1)).toBe('alice 1')
  await end('alice 1')
  expect(begun.at(-1)).toBe('bob 2')
  await end('bob 2')
  expect(begun.at(-1)).toBe('alice 2')
  await end('alice 2')
  expect(begun.at(-1)).toBe('bob 3')
})

it('a caller has fewer places than there are: another is served while all of the first one’s are taken', async () => {
  const { ask, begun, end } = track({ places: 3, placesPerCaller: 2 })
  for (const name of ['bob 1', 'bob 2', 'bob 3']) await ask('bob', name)
  expect(begun).toEqual(['bob 1', 'bob 2'])
  await ask('alice', 'alice 1')
  expect(begun.at(-1)).toBe('alice 1')
  await end('bob 1')
  expect(begun.at(-1)).toBe('bob 3')
})

it('a place is given back by work that fails', async () => {
  const { ask, begun, end } = track({ places: 1, placesPerCaller: 1 })
  await ask('bob', 'bob 1')
  await ask('alice', 'alice 1')
  await end('bob 1', true)
  expect(begun).toEqual(['bob 1', 'alice 1'])
})

it("a caller is told by the Worker's seal, a tenant's user apart from another tenant's", async () => {
  const key = await importIdentityKey(IDENTITY_KEY)
  const named = async (user: string, tenant: string) => {
    const opening = { query: 'select rowgate.enter($1, $2, $3)' }
    return callerOf([
      { ...opening, params: [await seal(caller(user, tenant), key, Date.now()), 'read', '1'] },
    ])
  }
  expect(await named('ada', 'a')).toBe(await named('ada', 'a'))
  expect(await named('ada', 'a')).not.toBe(await named('ada', 'b'))
  expect(await named('ada', 'a')).not.toBe(await named('bob', 'a'))
  expect(await named('\u00e9', 'a')).toContain('\u00e9')
})

it.each([
  [[]],
  [[{ query: 'select 1', params: ['a.b.c'] }]],
  [[{ query: 'select rowgate.enter($1, $2, $3)', params: ['x'] }]],
  [[{ query: 'select rowgate.enter($1, $2, $3)', params: ['x.!!.y'] }]],
  [[{ query: 'select rowgate.enter($1, $2, $3)', params: [null] }]],
])('a request without one is nobody’s: %j', (statements) => {
  expect(callerOf(statements)).toBe('')
})
