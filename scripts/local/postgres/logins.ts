/** The logins that an endpoint accepts. A request must present a whole login and cannot combine parts. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { type Login, loginRefused } from './backend.ts'

export interface Logins {
  /** Accepts this login from now on, and gives its connection string. */
  handOut(login: Login): string
  /** Throws Postgres' own login error if it was never handed out. */
  find(shown: Login): Login
}

export function createLogins(): Logins {
  const handedOut = new Map<string, { login: Login; digest: Buffer }>()
  return {
    handOut(login) {
      const digest = digestOf(login)
      handedOut.set(digest.toString('hex'), { login, digest })
      const [user, password, database] = [login.user, login.password, login.database].map(encodeURIComponent)
      return `postgres://${user}:${password}@localhost/${database}`
    },
    find(shown) {
      const digest = digestOf(shown)
      const known = [...handedOut.values()].find((each) => timingSafeEqual(each.digest, digest))
      if (known === undefined) throw loginRefused(shown.user)
      return known.login
    },
  }
}

function digestOf({ user, password, database }: Login): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([user, password, database]))
    .digest()
}
