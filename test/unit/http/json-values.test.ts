/** JSON texts with values that could not be given back as they came. */

import { expect, test } from 'vitest'
import { holdsInexactNumber, holdsLoneSurrogate } from '../../../src/http/json-values.ts'

test.each([
  '9007199254740993',
  '{"id":9007199254740993}',
  '[[{"a":-12345678901234567890}]]',
  '1e400',
  '[-1E+400]',
  '1e-400',
  '0.12345678901234567891',
  '12345678901234567.5',
])('%s loses digits', (text) => {
  expect(holdsInexactNumber(text)).toBe(true)
})

test.each([
  '9007199254740991',
  '9007199254740992',
  '"9007199254740993"',
  '{"9007199254740993":1}',
  '[0.1,1.10,100e0,-0,0.0,1E2,0e400]',
  '0.30000000000000004',
  '1.7976931348623157e308',
  '5e-324',
  '10000000000000000000000',
  '1.0000000000000000000',
  '"1e400"',
])('%s is kept', (text) => {
  expect(holdsInexactNumber(text)).toBe(false)
})

test.each(['"\\ud83d"', '["a\\uDE00"]', '{"\\ud800":1}', '"\\ude00\\ud83d"'])('%s is half a pair', (text) => {
  expect(holdsLoneSurrogate(text)).toBe(true)
})

test.each(['"\\ud83d\\ude00"', '"😀"', '"\\\\ud83d"', '"\\u00e9"'])('%s is whole', (text) => {
  expect(holdsLoneSurrogate(text)).toBe(false)
})
