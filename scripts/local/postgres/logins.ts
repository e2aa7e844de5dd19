/** The logins that an endpoint has given away. A request picks one of them by showing all of it, and cannot make up another. */

import { createHash, timingSafeEqual } from 'node:crypto'
import { type Login, loginRefused } from './backend.ts'

export interface Logins {
  /** From now on requests may use this login; gives the connection string that shows it. */
  handOut(login: Login): string
  /** The login that was handed out; throws Postgres' own refusal for any other. */
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
