/** Runs the load generator as a process of its own, so that it takes no time from what is measured. */

import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Load, Measured, Outcome } from './load.ts'

export interface Generator {
  /** Throws at the first response that is not 200. */
  run(load: Load): Promise<Measured>
  stop(): void
}

export function startGenerator(): Generator {
  const child = fork(new URL('./load.ts', import.meta.url))
  return {
    async run(load) {
      const answer = once(child, 'message')
      child.send(load)
      const [outcome]: Outcome[] = await answer
      if (outcome === undefined || 'error' in outcome) throw new Error(outcome?.error ?? 'no answer')
      return outcome.measured
    },
    stop: () => void child.kill(),
  }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = (sorted.length - 1) / 2
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2
}

/** The members in turn, another one first in each round. */
export function rotated<T>(members: readonly T[], round: number): readonly T[] {
  const first = round % members.length
  return [...members.slice(first), ...members.slice(0, first)]
}
