/** Addresses that the processes of a group listen on, by Linux' tables. */

import { readdir, readFile, readlink } from 'node:fs/promises'

export interface Listening {
  readonly pid: string
  /** As `/proc/net/tcp` writes it: bytes in reverse, in hex. */
  readonly address: string
  readonly port: number
}

export const LOOPBACK = '0100007F'

/** `leader` is the group's id. */
export async function listeningOf(leader: string): Promise<Listening[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const members = await Promise.all(pids.map(async (pid) => ((await groupOf(pid)) === leader ? [pid] : [])))
  const sockets = await listeningSockets()
  const found = await Promise.all(
    members.flat().map(async (pid) => {
      const inodes = await inodesOf(pid)
      return sockets.filter(({ inode }) => inodes.has(inode)).map((socket) => ({ ...socket, pid }))
    }),
  )
  return found.flat()
}

/** The fifth field of `stat`, after a name that may hold blanks. */
async function groupOf(pid: string): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]
}

async function inodesOf(pid: string): Promise<Set<string>> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return new Set(links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? ''))
}

async function listeningSockets() {
  const tables = await Promise.all(['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8')))
  const rows = tables.flatMap((table) => table.split('\n').slice(1))
  return rows.flatMap((row) => {
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/)
    const [address = '', port = ''] = local.split(':')
    return state === '0A' ? [{ address, port: Number.parseInt(port, 16), inode }] : []
  })
}
