/** Makes calls with their largest arguments, and tells those that outlived their timeout. */

import { type Call, worst } from './largest-calls.ts'
import type { Sample, Texture } from './samples.ts'

export const EXTENSIONS = ['pg_trgm', 'fuzzystrmatch', 'unaccent'].map((name) => `create extension ${name}`)
/** For `partOf`: one in so many of all calls. */
export const PART = 127
export const HOUR_MS = 3_600_000

/** Beside the timeout: a busy machine, and the one call at hand. An overshoot takes minutes. */
const OVERSHOOT_MS = 9_000
const TEXTURES: readonly Texture[] = ['run', 'words']

export type Run = (sql: string, parameters: readonly string[]) => Promise<unknown>

/** Statements that took longer than allowed, with the time. A failed statement has ended, too. */
export async function overshoots(
  calls: readonly Call[],
  { run, timeoutMs }: { run: Run; timeoutMs: number },
): Promise<readonly string[]> {
  const late: string[] = []
  for (const call of calls) {
    for (const { sql, parameters } of await largestOf(call)) {
      const start = performance.now()
      await run(sql, parameters).catch(() => undefined)
      const ms = Math.round(performance.now() - start)
      if (ms > timeoutMs + OVERSHOOT_MS)
        late.push(`${ms} ms: ${sql.slice(0, 300)} with ${parameters.map(({ length }) => length)}`)
    }
  }
  return late
}

/** Each statement once: of most types one texture is as the other. */
async function largestOf(call: Call): Promise<Iterable<Sample>> {
  const found = new Map<string, Sample>()
  for (const texture of TEXTURES) {
    for (const sent of await worst(call, texture)) found.set(JSON.stringify(sent), sent)
  }
  return found.values()
}
