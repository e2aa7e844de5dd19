/**
 * Measures the contestants in alternating turns and takes medians, so that other load on the machine affects
 * all alike.
 */

import { type Generator, median, rotated, startGenerator } from './generator.ts'
import type { Measured } from './load.ts'
import type { RunningWorker } from './workerd.ts'

/**
 * `quiet` is Rowgate that logs only warnings and audits no reads. The difference is the cost of logging and
 * auditing.
 */
export const CONTESTANTS = ['bare', 'sdk', 'rowgate', 'quiet'] as const
type Contestant = (typeof CONTESTANTS)[number]
export type Workers = Readonly<Record<Contestant, RunningWorker>>

/** Registers a cleanup. All run at the end, newest first. */
export type Defer = (close: () => Promise<unknown>) => void

export interface BenchPlan {
  readonly rounds: number
  readonly warmUpMs: number
  /** Duration of one contestant's turn in a round. */
  readonly turnMs: number
}

export interface Trial {
  readonly name: string
  readonly request: string
  readonly connections: number
  readonly workers: Workers
}

/** One contestant in one trial. CPU is that of the workerd process, in microseconds per request. */
interface Figure {
  readonly rps: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuUs: number
}

export interface Figures {
  readonly trial: string
  readonly of: Readonly<Record<Contestant, Figure>>
  /**
   * Rowgate's requests/s relative to `quiet`, compared within each round, which is more precise than a ratio
   * of medians.
   */
  readonly toQuiet: number
}

/** Measures every trial. The order of the contestants rotates with each round. */
export async function measure(trials: readonly Trial[], plan: BenchPlan): Promise<readonly Figures[]> {
  const generator = startGenerator()
  try {
    const figures: Figures[] = []
    for (const trial of trials) figures.push(await measureTrial(generator, trial, plan))
    return figures
  } finally {
    generator.stop()
  }
}

async function measureTrial(generator: Generator, trial: Trial, plan: BenchPlan): Promise<Figures> {
  const turns: Record<Contestant, Figure[]> = { bare: [], sdk: [], rowgate: [], quiet: [] }
  for (const contestant of CONTESTANTS) await turn(generator, trial, contestant, plan.warmUpMs)
  for (let round = 0; round < plan.rounds; round++) {
    for (const contestant of rotated(CONTESTANTS, round)) {
      turns[contestant].push(await turn(generator, trial, contestant, plan.turnMs))
    }
  }
  const of = {
    bare: medians(turns.bare),
    sdk: medians(turns.sdk),
    rowgate: medians(turns.rowgate),
    quiet: medians(turns.quiet),
  }
  const rounds = turns.rowgate.map(({ rps }, round) => rps / (turns.quiet[round]?.rps ?? Number.NaN))
  return { trial: trial.name, of, toQuiet: median(rounds) }
}

async function turn(
  generator: Generator,
  { name, request, connections, workers }: Trial,
  contestant: Contestant,
  durationMs: number,
): Promise<Figure> {
  const worker = workers[contestant]
  const cpuBefore = await worker.cpuMs()
  const measured = await generator
    .run({ port: worker.port, request, connections, durationMs })
    .catch((cause: unknown) => {
      throw new Error(`${contestant} failed at ${name}: ${String(cause)}`)
    })
  return figure(measured, (await worker.cpuMs()) - cpuBefore)
}

function figure({ requests, seconds, p50Ms, p99Ms }: Measured, cpuMs: number): Figure {
  return { rps: requests / seconds, p50Ms, p99Ms, cpuUs: (cpuMs * 1000) / requests }
}

function medians(figures: readonly Figure[]): Figure {
  return {
    rps: median(figures.map((each) => each.rps)),
    p50Ms: median(figures.map((each) => each.p50Ms)),
    p99Ms: median(figures.map((each) => each.p99Ms)),
    cpuUs: median(figures.map((each) => each.cpuUs)),
  }
}
