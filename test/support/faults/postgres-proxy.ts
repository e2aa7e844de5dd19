/** A proxy between the Worker and Postgres' own port, which breaks connections at each point of a flight. */

import { connect, createServer, type Socket } from 'node:net'
import { listen } from '../../../scripts/check/listen.ts'
import { type Leaving, leaving } from './listener.ts'

/** Faults of a connection, before it is known what for. */
export const LOGIN_FAULTS = [
  'cuts before the login is read',
  'cuts in the login',
  'answers the login with garbage',
  'lets nobody in, since it is full',
  'lets nobody in, since it is starting',
  'stalls in the login',
] as const

/** Faults of a flight. */
export const FLIGHT_FAULTS = [
  'cuts before the flight is passed on',
  'cuts in the middle of the flight',
  'stalls with the flight',
  'cuts after the commit and before the answer',
  'cuts in the middle of the answer',
  'goes down after the commit',
] as const

export type LoginFault = (typeof LOGIN_FAULTS)[number]
export type FlightFault = (typeof FLIGHT_FAULTS)[number]

export interface Faults {
  /** Called for every connection but those of cancel requests. */
  login(): LoginFault | undefined
  /** Called with every flight's bytes as text. */
  flight(text: string): FlightFault | undefined
}

export interface PostgresProxy extends Leaving {
  readonly port: number
  /** Faults so far. */
  broken(): number
  /** Cancel requests so far. */
  cancels(): number
  close(): Promise<void>
}

export async function startPostgresProxy(upstream: number, faults: Faults): Promise<PostgresProxy> {
  const sockets = new Set<Socket>()
  let broken = 0
  let cancels = 0
  const counted = <F>(fault: F | undefined): F | undefined => {
    if (fault !== undefined) broken += 1
    return fault
  }
  const listener = createServer((client) => {
    const server = connect(upstream, '127.0.0.1')
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(from)
      from.once('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.on('error', () => to.destroy())
    }
    client.once('data', (first) => {
      if (first.readInt32BE(4) === CANCEL_REQUEST) {
        cancels += 1
        server.write(first)
        return
      }
      const login = counted(faults.login())
      if (login !== undefined) return breakLogin(login, first, client, server)
      server.write(first)
      passOn(client, server, (text) => counted(faults.flight(text)))
    })
  })
  const port = await listen(listener)
  return {
    port,
    broken: () => broken,
    cancels: () => cancels,
    ...leaving(listener, port),
    async close() {
      listener.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

const CANCEL_REQUEST = 80_877_102

function breakLogin(fault: LoginFault, first: Buffer, client: Socket, server: Socket): void {
  if (fault === 'stalls in the login') return
  if (fault === 'cuts before the login is read') return void client.destroy()
  if (fault === 'answers the login with garbage') return void client.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  if (fault === 'lets nobody in, since it is full') return void client.end(fatal('53300'))
  if (fault === 'lets nobody in, since it is starting') return void client.end(fatal('57P03'))
  server.write(first)
  server.once('data', () => client.destroy())
}

/** Passes everything on until a flight, and that as the fault says. */
function passOn(client: Socket, server: Socket, faultOf: (text: string) => FlightFault | undefined): void {
  let flight: Buffer | undefined
  /** Set while a flight's answer is not passed on as it comes. */
  let held: { readonly fault: FlightFault; readonly syncs: number; bytes: Buffer } | undefined
  client.on('data', (chunk) => {
    if (flight === undefined && chunk[0] !== PARSE) return void server.write(chunk)
    flight = Buffer.concat([flight ?? Buffer.alloc(0), chunk])
    const text = flight.toString('latin1')
    const syncs = countOf(flight, SYNC)
    if (syncs < (text.includes('begin read') ? 2 : 1)) return
    const fault = faultOf(text)
    const whole = flight
    flight = undefined
    if (fault === 'stalls with the flight') return
    if (fault === 'cuts before the flight is passed on') return void client.destroy()
    if (fault === 'cuts in the middle of the flight')
      return void server.write(whole.subarray(0, whole.length / 2), () => client.destroy())
    if (fault !== undefined) held = { fault, syncs, bytes: Buffer.alloc(0) }
    server.write(whole)
  })
  server.on('data', (chunk) => {
    if (held === undefined) return void client.write(chunk)
    held.bytes = Buffer.concat([held.bytes, chunk])
    const { fault, syncs, bytes } = held
    if (countOf(bytes, READY_FOR_QUERY) < syncs) return
    if (fault === 'cuts in the middle of the answer')
      return void client.write(bytes.subarray(0, bytes.length / 2), () => client.destroy())
    if (fault === 'goes down after the commit') return void client.end(fatal('57P01'))
    client.destroy()
  })
}

const PARSE = 'P'.charCodeAt(0)
const SYNC = 'S'.charCodeAt(0)
const READY_FOR_QUERY = 'Z'.charCodeAt(0)

/** Messages of this type among the whole ones: each has a type, and a length that counts itself. */
function countOf(bytes: Buffer, type: number): number {
  let count = 0
  let at = 0
  while (at + 5 <= bytes.length) {
    const next = at + 1 + bytes.readInt32BE(at + 1)
    if (next <= bytes.length && bytes[at] === type) count += 1
    at = next
  }
  return count
}

/** An ErrorResponse that ends the connection. */
function fatal(sqlstate: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlstate}\0Mno\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(fields.length + 4, 1)
  return Buffer.concat([head, fields])
}
