/**
 * The load generator: keep-alive connections that repeat one prepared request, each as soon as the last
 * response is complete. The benchmark forks it as its own process. It speaks HTTP/1.1 over plain sockets to
 * use little CPU, and sends to 127.0.0.1 only.
 */

import { createConnection, type Socket } from 'node:net'

export interface Load {
  readonly port: number
  /** The whole request: head and body. */
  readonly request: string
  readonly connections: number
  readonly durationMs: number
}

export interface Measured {
  readonly requests: number
  readonly seconds: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export type Outcome = { readonly measured: Measured } | { readonly error: string }

const HEAD_END = '\r\n\r\n'
/** Ends every chunked body. No JSON document ends like this. */
const LAST_CHUNK = Buffer.from('0\r\n\r\n')

/** Calls `answered` with the status and size in bytes of each response. */
function readResponses(socket: Socket, answered: (status: string, size: number) => void): void {
  let pending: Buffer = Buffer.alloc(0)
  let expected: number | undefined
  let received = 0
  let status = ''

  function readHead(): boolean {
    const end = pending.indexOf(HEAD_END)
    if (end < 0) return false
    const head = pending.toString('latin1', 0, end)
    status = head.slice(9, 12)
    const length = /^content-length: *(\d+)/im.exec(head)?.[1]
    expected = length === undefined ? undefined : end + HEAD_END.length + Number(length)
    return true
  }

  socket.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (status === '') {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk])
      if (!readHead()) return
    } else if (expected === undefined) pending = Buffer.concat([pending.subarray(-LAST_CHUNK.length), chunk])
    const complete =
      expected === undefined ? pending.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK) : received >= expected
    if (!complete) return
    const [finished, size] = [status, received]
    pending = Buffer.alloc(0)
    received = 0
    status = ''
    answered(finished, size)
  })
}

function connect(load: Load, latencies: number[], until: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ port: load.port, host: '127.0.0.1', noDelay: true })
    let sentAt = 0
    function send(): void {
      sentAt = performance.now()
      socket.write(load.request)
    }
    readResponses(socket, (status, size) => {
      const now = performance.now()
      if (status !== '200') {
        socket.destroy()
        return reject(new Error(`The answer was ${status}, ${size} bytes.`))
      }
      latencies.push(now - sentAt)
      if (now < until) return send()
      socket.destroy()
      resolve()
    })
    socket.once('error', reject).once('connect', send)
    socket.once('close', () => reject(new Error('The server closed a connection.')))
  })
}

async function run(load: Load): Promise<Measured> {
  const latencies: number[] = []
  const start = performance.now()
  const until = start + load.durationMs
  await Promise.all(Array.from({ length: load.connections }, () => connect(load, latencies, until)))
  const seconds = (performance.now() - start) / 1000
  const sorted = Float64Array.from(latencies).sort()
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { requests: sorted.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99) }
}

process.on('message', (load: Load) => {
  run(load).then(
    (measured) => process.send?.({ measured } satisfies Outcome),
    (error: unknown) => process.send?.({ error: String(error) } satisfies Outcome),
  )
})
