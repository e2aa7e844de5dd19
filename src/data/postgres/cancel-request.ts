/** Ends what the server runs for a connection that is abandoned. */

import type { TcpServer } from './driver.ts'
import type { Client, Driver } from './flight.ts'

/** Timeout of a cancel request, in milliseconds, after which the connection is simply closed. */
const CANCEL_TIMEOUT_MS = 1_000

/**
 * Members that the driver's types leave out: a client's connection, and the key that cancels its statement.
 */
interface Cancellable {
  readonly connection: CancelConnection
  readonly processID: number | null
  readonly secretKey: number | null
}

interface CancelConnection extends NodeJS.EventEmitter {
  readonly stream: { destroy(): void }
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}

/**
 * Cancels a client's statement on a connection of its own, as the protocol requires (CancelRequest), and then
 * closes the client's. A pooler passes the request on only while the client is connected.
 */
export async function cancel(driver: Driver, server: TcpServer, client: Client): Promise<void> {
  const { processID, secretKey, connection } = client as unknown as Cancellable
  try {
    if (processID !== null && secretKey !== null) await sendCancel(driver, server, processID, secretKey)
  } finally {
    connection.stream.destroy()
  }
}

function sendCancel(driver: Driver, server: TcpServer, processID: number, secretKey: number): Promise<void> {
  const connection = new driver.Connection({
    ssl: server.encrypted ? { rejectUnauthorized: true } : false,
  } as never) as unknown as CancelConnection
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, CANCEL_TIMEOUT_MS)
  const send = () => connection.cancel(processID, secretKey)
  connection.on('error', resolve)
  connection.on('end', resolve)
  if (server.encrypted) connection.on('connect', () => connection.requestSsl()).on('sslconnect', send)
  else connection.on('connect', send)
  connection.connect(server.port, server.host)
  return promise.finally(() => {
    clearTimeout(timer)
    connection.stream.destroy()
  })
}
