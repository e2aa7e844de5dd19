/** CPU time of a PostgreSQL server on this machine, with those of its processes that have ended. */

import { readdir, readFile } from 'node:fs/promises'
import type { Owner } from '../../local/postgres/backend.ts'
import { TICK_MS } from './workerd.ts'

/** Milliseconds; undefined for a server whose processes this one cannot see. */
export type ServerCpu = () => Promise<number | undefined>

export async function serverCpu(owner: Owner): Promise<ServerCpu> {
  const { rows } = await owner('select pg_backend_pid()')
  const backend = await processOf(rows[0]?.[0] ?? '')
  if (backend?.name !== 'postgres') return async () => undefined
  const postmaster = String(backend.parent)
  return async () => {
    const all = await Promise.all(
      (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(processOf),
    )
    const server = all.find((each) => each?.pid === postmaster)
    const living = all.filter((each) => each?.parent === backend.parent)
    return living.reduce(
      (sum, each) => sum + (each?.ownMs ?? 0),
      (server?.ownMs ?? 0) + (server?.endedMs ?? 0),
    )
  }
}

interface Process {
  readonly pid: string
  readonly name: string
  readonly parent: number
  readonly ownMs: number
  /** Of its children that have ended. */
  readonly endedMs: number
}

/** proc(5): fields 4, 14 and 15, 16 and 17. Field 2, the name in brackets, may contain spaces. */
async function processOf(pid: string): Promise<Process | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  if (stat === undefined) return undefined
  const end = stat.lastIndexOf(')')
  const fields = stat
    .slice(end + 2)
    .split(' ')
    .map(Number)
  const at = (field: number) => fields[field - 3] ?? Number.NaN
  return {
    pid,
    name: stat.slice(stat.indexOf('(') + 1, end),
    parent: at(4),
    ownMs: (at(14) + at(15)) * TICK_MS,
    endedMs: (at(16) + at(17)) * TICK_MS,
  }
}
