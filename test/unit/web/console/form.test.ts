/** A form is made from a tool's schema, and its texts become the arguments that the schema wants. */

import { describe, expect, test } from 'vitest'
import { fieldsOf, filledIn } from '../../../../web/console/pages/tools/form.ts'

const fields = fieldsOf({
  type: 'object',
  required: ['sql', 'ids'],
  properties: {
    limit: { type: 'integer', description: 'Rows a page' },
    sql: { type: 'string' },
    done: { type: 'boolean' },
    kind: { type: 'string', enum: ['a', 'b'] },
    ids: { type: 'array', items: { type: 'string' } },
    values: { type: 'object' },
    either: { type: ['string', 'number'] },
  },
})

describe('a form', () => {
  test('asks first for what is required, each by the control of its type', () => {
    expect(fields.map(({ name, control }) => [name, control])).toEqual([
      ['sql', 'long-text'],
      ['ids', 'lines'],
      ['limit', 'number'],
      ['done', 'boolean'],
      ['kind', 'choice'],
      ['values', 'json'],
      ['either', 'json'],
    ])
  })

  test('gives each text the type of its field, and leaves out what is empty', () => {
    const texts = {
      sql: ' SELECT 1',
      ids: 'x\n\n y ',
      limit: '10',
      done: 'false',
      kind: '',
      values: '{"a":[1]}',
    }
    expect(filledIn(fields, texts)).toEqual({
      arguments: { sql: ' SELECT 1', ids: ['x', 'y'], limit: 10, done: false, values: { a: [1] } },
    })
  })

  test.each([
    ['a required field', { ids: 'x' }, 'sql'],
    ['a number', { sql: 'x', ids: 'x', limit: 'ten' }, 'limit'],
    ['JSON', { sql: 'x', ids: 'x', values: '{a' }, 'values'],
  ])('says at the field what is wrong with %s', (_, texts, name) => {
    const filled = filledIn(fields, texts)
    expect('problems' in filled && Object.keys(filled.problems)).toEqual([name])
  })
})
