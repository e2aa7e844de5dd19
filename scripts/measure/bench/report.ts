/** The benchmark's report: a table, JSON, and whether the targets were reached. */

import { CONTESTANTS, type Figures } from './measure.ts'

export interface Sizes {
  /** Main module of the Worker, minified and gzipped. */
  readonly bundleGzipBytes: number
  /** Other modules by file name, gzipped. Drivers are loaded on first use. */
  readonly modulesGzipBytes: Readonly<Record<string, number>>
  readonly startupMs: number
  /** Of the bare handler, which has the benchmark's tools too. */
  readonly bareStartupMs: number
}

/** The trial without the real database. It is printed, but has no target and is not in the JSON. */
export const REPLAYED = 'list_tasks, replayed'

interface Targets {
  readonly bare: number
  readonly sdk?: number
  readonly quiet?: number
}

/** Targets for Rowgate's requests/s relative to the bare handler, the SDK, and `quiet`. */
const WANTED: Readonly<Record<string, Targets>> = {
  'tools/list': { bare: 0.6, sdk: 20 },
  'tools/call': { bare: 0.5, sdk: 4, quiet: 0.9 },
  list_tasks: { bare: 1 / 1.3, quiet: 0.9 },
}
const WANTED_BUNDLE_KIB = 260
const WANTED_STARTUP_MS = 40
const KIB = 1024

export function printSizes(sizes: Sizes): void {
  const { bundleGzipBytes, modulesGzipBytes, startupMs, bareStartupMs } = sizes
  const kib = (bytes: number) => `${(bytes / KIB).toFixed(1)} KiB`
  console.log(
    `bundle, minified and gzipped: ${kib(bundleGzipBytes)}${missed(bundleGzipBytes / KIB < WANTED_BUNDLE_KIB, `under ${WANTED_BUNDLE_KIB} KiB`)}`,
  )
  for (const [file, bytes] of Object.entries(modulesGzipBytes)) console.log(`  module ${file}: ${kib(bytes)}`)
  console.log(
    `start-up: ${startupMs.toFixed(1)} ms, the bare handler's ${bareStartupMs.toFixed(1)} ms${missed(startupMs < WANTED_STARTUP_MS, `under ${WANTED_STARTUP_MS} ms`)}`,
  )
}

export function printFigures(all: readonly Figures[]): void {
  const columns = ['requests/s', 'p50 ms', 'p99 ms', 'CPU µs', 'to bare', 'to SDK']
  for (const { trial, of, toQuiet } of all) {
    console.log(`\n${cells(trial, columns)}`)
    for (const contestant of CONTESTANTS) {
      const { rps, p50Ms, p99Ms, cpuUs } = of[contestant]
      console.log(
        cells(contestant, [
          rps.toFixed(0),
          p50Ms.toFixed(2),
          p99Ms.toFixed(2),
          cpuUs.toFixed(0),
          (rps / of.bare.rps).toFixed(2),
          (rps / of.sdk.rps).toFixed(1),
        ]),
      )
    }
    console.log(verdict(trial, of.rowgate.rps / of.bare.rps, of.rowgate.rps / of.sdk.rps, toQuiet))
  }
}

/** The medians as JSON. */
export function toJson(all: readonly Figures[], sizes: Sizes): string {
  const cases = all
    .filter(({ trial }) => trial !== REPLAYED)
    .map(({ trial, of: { bare, sdk, rowgate, quiet } }) => [
      trial,
      { bare: bare.rps, sdk: sdk.rps, rowgate: rowgate.rps, quiet: quiet.rps },
    ])
  return `${JSON.stringify(
    {
      cases: Object.fromEntries(cases),
      bundle_gzip_bytes: sizes.bundleGzipBytes,
      startup_ms: sizes.startupMs,
    },
    null,
    2,
  )}\n`
}

function verdict(trial: string, toBare: number, toSdk: number, toQuiet: number): string {
  const wanted = WANTED[trial]
  if (wanted === undefined) return ''
  const parts = [`${wanted.bare.toFixed(2)} of bare${missed(toBare >= wanted.bare)}`]
  if (wanted.sdk !== undefined) parts.push(`${wanted.sdk} times the SDK${missed(toSdk >= wanted.sdk)}`)
  if (wanted.quiet !== undefined)
    parts.push(
      `${wanted.quiet.toFixed(2)} of quiet${missed(toQuiet >= wanted.quiet)} (${toQuiet.toFixed(2)})`,
    )
  return `  wanted: ${parts.join(', ')}`
}

function missed(reached: boolean, wanted = ''): string {
  if (reached) return wanted === '' ? ': reached' : ` (wanted: ${wanted})`
  return wanted === '' ? ': MISSED' : ` (MISSED; wanted: ${wanted})`
}

const NAME_WIDTH = 22
const CELL_WIDTH = 12

function cells(name: string, values: readonly string[]): string {
  return name.padEnd(NAME_WIDTH) + values.map((value) => value.padStart(CELL_WIDTH)).join('')
}
