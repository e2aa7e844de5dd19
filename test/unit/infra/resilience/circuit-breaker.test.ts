/** When a circuit refuses, and what closes it again. */

import { expect, test } from 'vitest'
import { createCircuit } from '../../../../src/infra/resilience/circuit-breaker.ts'

const OPEN_MS = 2_000

function start() {
  let now = 0
  const circuit = createCircuit({ engine: 'Postgres', threshold: 3, openMs: OPEN_MS, now: () => now })
  const call = (answered: boolean) => {
    circuit.enter()
    circuit.report(answered)
  }
  return { circuit, call, pass: (ms: number) => (now += ms) }
}

test('opens after faults in a row only: an answer between them, be it an error, starts the count anew', () => {
  const { call } = start()
  for (const answered of [false, false, true, false, false, true]) call(answered)
  expect(() => call(true)).not.toThrow()
})

test('refuses at once while it is open, with the seconds that are left, and may be tried again', () => {
  const { call, circuit, pass } = start()
  for (let failures = 0; failures < 3; failures += 1) call(false)
  pass(500)
  expect(() => circuit.enter()).toThrow(
    expect.objectContaining({ code: 'UNAVAILABLE', retryable: true, details: { retry_after: 2 } }),
  )
})

test('lets one trial call through after the pause, and refuses the others until it has reported', () => {
  const { call, circuit, pass } = start()
  for (let failures = 0; failures < 3; failures += 1) call(false)
  pass(OPEN_MS)
  circuit.enter()
  expect(() => circuit.enter()).toThrow(/refused for a moment/)
  circuit.report(true)
  expect(() => circuit.enter()).not.toThrow()
})

test('stays open when the trial fails, and a trial that never reports holds it no longer than once more', () => {
  const { call, circuit, pass } = start()
  for (let failures = 0; failures < 3; failures += 1) call(false)
  pass(OPEN_MS)
  call(false)
  expect(() => circuit.enter()).toThrow()
  pass(OPEN_MS)
  circuit.enter()
  pass(OPEN_MS)
  expect(() => circuit.enter()).not.toThrow()
})
