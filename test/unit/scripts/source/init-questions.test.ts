/** Questions of `rowgate init`, and the meaning of answers. */

import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseRowgateFile } from '../../../../scripts/build/rowgate-file.ts'
import { addSource, hasSource } from '../../../../scripts/operate/source/init/add-source.ts'
import { sourceLines, wholeFile } from '../../../../scripts/operate/source/init/file-text.ts'
import type { Choices } from '../../../../scripts/operate/source/init/proposal.ts'
import { propose } from '../../../../scripts/operate/source/init/propose.ts'
import { QUESTIONS } from '../../../../scripts/operate/source/init/questions.ts'
import { catalogueOf, foreignKey } from '../../../support/databases/catalogue-of.ts'

const CATALOGUE = catalogueOf({
  orgs: { columns: ['id uuid', 'name'] },
  members: { columns: ['id bigint', 'org_id uuid', 'email'] },
  issues: { columns: ['id bigint', 'org_id uuid', 'title'] },
  comments: {
    columns: ['id bigint', 'issue_id bigint', 'author_id bigint'],
    foreignKeys: [foreignKey('issue_id -> issues'), foreignKey('author_id -> members')],
  },
  'Order Items': { columns: ['no', 'on: text', 'a "b"'] },
  countries: { columns: ['id bigint', 'name'] },
})
const proposeWith = (choices: Choices) =>
  propose({ source: 'app', catalogue: CATALOGUE, shapes: new Map() }, choices)

function asked(choices: Choices = {}) {
  return QUESTIONS.flatMap((make) => make(proposeWith(choices)) ?? [])
}

test('there are five questions at most, and each has a proposal', () => {
  expect(asked().map(({ ask, proposal }) => [ask, proposal])).toEqual([
    ['Tenant column', 'org_id=org_id'],
    ['Ways', 'comments=issue_id'],
    ['Show whole', 'none'],
    ['Serve as well', 'none'],
    ['Writes to', 'none'],
  ])
})

test.each([
  ['Tenant column', 'org_id=company', { tenant: 'org_id', claim: 'company' }],
  ['Tenant column', 'none', { tenant: 'none' }],
  ['Tenant column', 'nothing', 'No table has the column "nothing"'],
  ['Ways', 'comments=author_id', { ways: { comments: 'author_id' } }],
  ['Ways', 'comments=body', '"comments=body" is none of these ways'],
  ['Show whole', 'members.email', { show: ['members.email'] }],
  ['Show whole', 'members.id', '"members.id" is none of these columns.'],
  ['Serve as well', 'countries, "Order Items"', { serve: ['countries', 'Order Items'] }],
  ['Writes to', 'issues comments', { writes: ['issues', 'comments'] }],
  ['Writes to', 'countries', '"countries" is none of these tables'],
])('%s: %s', (ask, answer, meant) => {
  const said = asked()
    .find((question) => question.ask === ask)
    ?.read(answer)
  if (typeof meant === 'string') expect(said).toContain(meant)
  else expect(said).toEqual(meant)
})

const part = (choices: Choices = {}) => ({
  ...{ source: 'app', connect: 'APP_DATABASE_URL', proposal: proposeWith(choices) },
})
const KNOWN = { toolsets: ['sql', 'system'], examples: [] }

test('the file is one that Rowgate reads, whatever the names are', () => {
  const text = wholeFile(part({ serve: ['Order Items'], writes: ['issues', 'comments'] }), ['sql'])
  const { sources } = parseRowgateFile(text, KNOWN)
  expect(sources?.app).toMatchObject({
    identity: { tenant: { claim: 'org_id', type: 'uuid', column: 'org_id' } },
    tables: {
      'Order Items': { rows: 'all', columns: { no: 'show', 'on:': 'show' } },
      issues: { rows: 'tenant', insert: ['id', 'title'], update: ['title'] },
      comments: { rows: { via: 'issue_id -> issues' } },
      countries: 'deny',
    },
  })
})

test.each([
  ['version: 1 # mine\n', undefined],
  [
    'version: 1\nsources:\n    other: # mine\n        engine: postgres\n        connect: X\n        tables: { a: { rows: all } }\n\ntoolsets: [sql] # kept\n',
    'other',
  ],
  [
    'version: 1\nsources:\n  other:\n    engine: postgres\n    connect: X\n    tables: { a: { rows: all } }',
    'other',
  ],
])('%j keeps what a person wrote, to the byte, and gains the source', (before, other) => {
  const after = addSource(before, sourceLines(part()))
  const added = sourceLines(part()).map((line) => line.trim())
  const kept = after.split('\n').filter((line) => !added.includes(line.trim()) && line !== 'sources:')
  expect(kept.filter((line) => line !== '')).toEqual(
    before.split('\n').filter((line) => line !== '' && line !== 'sources:' && !added.includes(line.trim())),
  )
  expect(Object.keys(parse(after).sources)).toEqual(other === undefined ? ['app'] : ['other', 'app'])
  expect(hasSource(after, 'app')).toBe(true)
  expect(() => parseRowgateFile(after, KNOWN)).not.toThrow()
})

test('a file whose sources stand on one line is not touched', () => {
  const text = 'version: 1\nsources: { a: { engine: postgres, connect: X } }\n'
  expect(() => addSource(text, sourceLines(part()))).toThrow('write it as a block')
})
