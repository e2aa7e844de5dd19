/** Scopes of a 401: many clients never ask for more. */

import { expect, test } from 'vitest'
import { createChallengeScopes, readingScopes } from '../../../src/mcp/challenge-scopes.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { makeTool } from './fixture.ts'

const toolsets = [
  {
    name: 'notes',
    title: 'Notes',
    tools: [
      makeTool('read', { scope: 'notes:read' }),
      makeTool('write', { scope: 'notes:write', writes: true }),
    ],
  },
  { name: 'sums', title: 'Sums', tools: [makeTool('sum', { scope: 'sums:read' })] },
  { name: 'care', title: 'Care', tools: [makeTool('vacuum', { scope: 'admin', writes: true })] },
]
const registry = createRegistry(toolsets, new Set())
const challengeScopes = createChallengeScopes(registry)

test.each<[search: string, asked: string[]]>([
  ['', ['notes:read', 'sums:read']],
  ['?', ['notes:read', 'sums:read']],
  ['?read_only=true', ['notes:read', 'sums:read']],
  ['?toolsets=notes', ['notes:read']],
  ['?toolsets=sums,care', ['sums:read']],
  ['?toolsets=notes&read_only=true', ['notes:read']],
  // The URL itself asks for it: nothing else is there.
  ['?toolsets=care', ['admin']],
  ['?toolsets=care&read_only=true', []],
])('with "%s" the scopes to ask for are %j', (search, asked) => {
  expect(challengeScopes(search)).toEqual(asked)
})

test.each(['?toolsets=unknown', '?toolsets=', '?admin=true', '?read_only=perhaps', '?%'])(
  'with "%s", which the endpoint refuses, they are those of the plain URL',
  (search) => {
    expect(challengeScopes(search)).toEqual(['notes:read', 'sums:read'])
  },
)

test('a scope that a tool which writes asks for too is none that only reads', () => {
  expect(readingScopes(registry)).toEqual(['notes:read', 'sums:read'])
  const mixed = [
    ...toolsets,
    { name: 'x', title: 'X', tools: [makeTool('y', { scope: 'sums:read', writes: true })] },
  ]
  expect(readingScopes(createRegistry(mixed, new Set()))).toEqual(['notes:read'])
})
