/** Patterns that MongoDB could match in very many ways are refused, however they are written. */

import { describe, expect, test } from 'vitest'
import { patternProblem } from '../../../../../src/data/mongodb/query/regex.ts'

describe('a pattern that multiplies is refused:', () => {
  test.each([
    '(a|a|a)'.repeat(24),
    '(?:a|a)'.repeat(20),
    'a{0,99}'.repeat(6),
    'a?'.repeat(30),
    '(a{0,9}|b{0,9})'.repeat(3),
    '((a|b)(c|d))'.repeat(8),
    '(a?b?c?d?)(e?f?g?h?)',
    '[ab]{1,50}[ab]{1,50}b',
    'a+?b??c??d??e??f??',
    '(a+)+b',
    '(a|b)*c',
    '.*.*.*x',
  ])('%s', (pattern) => {
    expect(patternProblem(pattern)).toEqual(expect.any(String))
  })
})

describe('a pattern that a person writes is taken:', () => {
  test.each([
    '^ab?c',
    'colou?r|gr[ae]y',
    'a.*b.*c',
    '^\\d{3,5}-\\d{2,4}$',
    '^(mr|mrs|ms|dr)\\.? ',
    '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) \\d{1,2}',
    '[a-z]{2,20}@example\\.com$',
  ])('%s', (pattern) => {
    expect(patternProblem(pattern)).toBeUndefined()
  })
})
