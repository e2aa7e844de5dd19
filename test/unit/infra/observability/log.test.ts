/**
 * The log's lines: one JSON object each, of the wanted severity, with the causes of an error and nothing cut
 * loose.
 */

import { afterEach, expect, test, vi } from 'vitest'
import { createLog, errorFields, type LogLevel } from '../../../../src/infra/observability/log.ts'

const LEVELS: LogLevel[] = ['debug', 'info', 'warn', 'error']

/** The console is the log's only way out, so it is what is watched. */
function watch(): string[] {
  const lines: string[] = []
  for (const level of LEVELS) vi.spyOn(console, level).mockImplementation((line: string) => lines.push(line))
  return lines
}
afterEach(() => {
  vi.restoreAllMocks()
})

test.each<[LogLevel | 'silent', string[]]>([
  ['debug', ['debug', 'info', 'warn', 'error']],
  ['warn', ['warn', 'error']],
  ['silent', []],
])('level %s writes %j', (level, written) => {
  const lines = watch()
  const log = createLog(level, () => 0)
  for (const own of LEVELS) log[own]('it_happened')
  expect(lines.map((line) => JSON.parse(line).level)).toEqual(written)
})

test('an event is one line, and a field can neither break it nor pass for another', () => {
  const lines = watch()
  createLog('info', () => 0).info('it_happened', {
    text: 'a\n{"event":"forged"}',
    event: 'forged',
    level: 'x',
  })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\n')
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    text: 'a\n{"event":"forged"}',
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    event: 'it_happened',
  })
})

test('each line has the time at which it was written', () => {
  const lines = watch()
  const times = [0, 7, 999, 1_000, 1_700_000_000_123, 1_700_000_000_120, 999]
  const clock = times.values()
  const log = createLog('info', () => clock.next().value ?? 0)
  for (const _ of times) log.info('it_happened')
  for (const at of times) log.info('it_happened', {}, at)
  const written = [...times, ...times].map((ms) => new Date(ms).toISOString())
  expect(lines.map((line) => JSON.parse(line).time)).toEqual(written)
})

test('an error is told with its causes, also when they run in a circle or are no errors', () => {
  const inner = new TypeError('inner')
  expect(errorFields(new Error('outer', { cause: inner }))).toEqual({
    error: 'Error: outer <- TypeError: inner',
  })
  inner.cause = inner
  expect(String(errorFields(inner).error).split(' <- ').length).toBeLessThan(10)
  expect(errorFields('text')).toEqual({ error: 'text' })
  expect(errorFields(undefined)).toEqual({ error: '' })
})
