/** A text from outside cannot act on the terminal that it is printed on. */

import { describe, expect, test, vi } from 'vitest'
import {
  print,
  printable,
  printableLine,
  printError,
  printProgress,
  printWarning,
} from '../../../scripts/cli/terminal.ts'
import { createLog } from '../../../src/infra/observability/log.ts'

const HOSTILE: [string, string][] = [
  ['an escape sequence', '\u001b[2Jgone\u001b]0;title\u0007'],
  ['a C1 control sequence', '\u009b2J'],
  ['a C1 operating system command', '\u009d0;title\u009c'],
  ['a carriage return', 'bad\rgood'],
  ['backspaces', 'bad\b\b\bgood'],
  ['a vertical tab and a form feed', 'a\u000bb\u000cc'],
  ['NUL and DEL', 'a\u0000b\u007f'],
  ['an override of the direction', 'a\u202egpj.exe\u202c'],
  ['isolates and marks', '\u2066a\u2069\u200e\u200f\u061c'],
  ['characters of no width', 'a\u200bb\u200cc\u200dd\ufeff\u2060'],
  ['line and paragraph separators', 'a\u2028b\u2029c'],
  ['tags', 'a\u{e0041}\u{e007f}'],
  ['half a character', 'a\ud800b'],
]

/** Characters that a terminal acts on, and does not show. */
const ACTS = /[^\P{Cc}\n\t]|[\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/u

describe.each(HOSTILE)('%s', (_, text) => {
  test('is shown and does nothing, by every way of printing', () => {
    const written: string[] = []
    const note = (...words: unknown[]) => void written.push(words.join(' '))
    for (const method of ['log', 'warn', 'error'] as const) vi.spyOn(console, method).mockImplementation(note)
    vi.spyOn(process.stdout, 'write').mockImplementation((words) => written.push(String(words)) > 0)
    print(text)
    printWarning(text)
    printError(text)
    printProgress(text)
    vi.restoreAllMocks()
    expect(written).toHaveLength(4)
    for (const words of written) {
      expect(words.replace(/^\r/, '')).not.toMatch(ACTS)
      expect(words.isWellFormed()).toBe(true)
      expect(words).toMatch(/\\x[0-9a-f]{2}|\\u\{[0-9a-f]+\}/)
    }
  })
})

test('letters of any script, emoji, tabs and lines stay as they are', () => {
  const text = 'naïve\tمرحبا\nשלום 日本語 👍🏽 “x” – ok'
  expect(printable(text)).toBe(text)
})

test('a text in a line does not begin another', () => {
  expect(printableLine('bad\n  Done: all is well')).toBe('bad Done: all is well')
})

test('a line of the log is JSON that does nothing to a terminal', () => {
  const lines: string[] = []
  vi.spyOn(console, 'error').mockImplementation((line: string) => void lines.push(line))
  const error = 'a\u009b2J\u202eb\u007f\u2028 naïve'
  createLog('error').error('tool_failed', { error })
  vi.restoreAllMocks()
  expect(lines[0]).not.toMatch(ACTS)
  expect(lines[0]).toContain('naïve')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ error })
})
