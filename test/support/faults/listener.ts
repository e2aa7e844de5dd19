/** A listener that can go away and come back on the same port. */

import { connect, type Server } from 'node:net'

export interface Leaving {
  /** Stops listening. Resolves when a connection has been refused. */
  leave(): Promise<void>
  /** Listens again on the same port. */
  comeBack(): Promise<void>
}

export function leaving(listener: Server, port: number): Leaving {
  return {
    async leave() {
      listener.close()
      while (!(await refuses(port))) await soon()
    },
    async comeBack() {
      while (!(await listensAt(listener, port))) await soon()
    },
  }
}

/** False while another program has the port: a client of another server may take it for a moment. */
function listensAt(listener: Server, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const failed = () => resolve(false)
    listener.once('error', failed)
    listener.listen(port, '127.0.0.1', () => {
      listener.off('error', failed)
      resolve(true)
    })
  })
}

function refuses(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(port, '127.0.0.1', () => {
      probe.destroy()
      resolve(false)
    })
    probe.once('error', (error) => resolve('code' in error && error.code === 'ECONNREFUSED'))
  })
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1))
}
