/**
 * `rowgate soak`: 200 clients of 20 users for 60 seconds, after a warm-up of 60, against the Worker on
 * workerd with a deployment's default settings. Exits with 1 for a wrong answer, a lost or duplicated write,
 * or growing memory. It sends to 127.0.0.1 only.
 */

import { type Report, soak } from './soak/run.ts'

const MS_PER_S = 1000
const MIB = 1024 * 1024

/** Greatest ratio of the median memory of the last third to the first. Garbage collection is irregular. */
const MOST_GROWTH = 1.1

/** Wrong answers to print; the rest are counted. */
const MOST_SHOWN = 20

interface SoakOptions {
  readonly clients: number
  readonly users: number
  readonly seconds: number
  readonly warmUp: number
  readonly seed: number
  readonly postgres?: string | undefined
  readonly pgbouncer: boolean
}

export async function soakAndReport(options: SoakOptions): Promise<void> {
  // process.exit runs the 'exit' listeners that stop the child processes.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))
  const { clients, users, seed, postgres: ownerUrl, pgbouncer: pooled } = options
  const report = await soak({
    ...{ clients, users, seed, ownerUrl, pooled },
    durationMs: options.seconds * MS_PER_S,
    warmUpMs: options.warmUp * MS_PER_S,
  })
  console.log(`${clients} clients of ${users} users, ${report.seconds.toFixed(1)} s`)
  process.exitCode = print(report) ? 0 : 1
}

function print({ seconds, latencies, wrong, tasks, lost, changed, doubled, memory }: Report): boolean {
  const all = [...latencies.values()].flat()
  console.log(`${all.length} calls, ${(all.length / seconds).toFixed(0)}/s\n`)
  console.log('| tool | calls | p50 ms | p95 ms | longest ms |\n| --- | --: | --: | --: | --: |')
  for (const [tool, ms] of [...latencies].sort()) console.log(line(tool, ms))
  console.log(line('all', all))
  for (const what of wrong.slice(0, MOST_SHOWN)) console.error(what)
  const [first, last] = [third(memory, 0), third(memory, 2)]
  const flat = last <= first * MOST_GROWTH
  console.log(`
wrong answers: ${wrong.length}
expected tasks: ${tasks}; lost ${lost}, changed ${changed}, duplicated or unexpected ${doubled}
workerd's memory, median of the first and the last third: ${mib(first)} and ${mib(last)} MiB (peak ${mib(Math.max(...memory))}): ${flat ? 'flat' : 'GROWS'}`)
  return wrong.length + lost + changed + doubled === 0 && flat
}

function line(tool: string, ms: readonly number[]): string {
  const sorted = [...ms].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(0)
  return `| ${tool} | ${ms.length} | ${at(0.5)} | ${at(0.95)} | ${at(1)} |`
}

/** Median of the first (0), second (1) or last (2) third of the samples. */
function third(samples: readonly number[], which: number): number {
  const size = samples.length / 3
  const part = samples.slice(Math.floor(size * which), Math.ceil(size * (which + 1))).sort((a, b) => a - b)
  return part[Math.floor(part.length / 2)] ?? Number.NaN
}

function mib(bytes: number): string {
  return (bytes / MIB).toFixed(0)
}
