/** MySQL and MariaDB as an engine. */

import type { Engine } from '../engine.ts'
import { PROBE_CALLER } from '../engine.ts'
import { lazyOwnedDatabase } from '../lazy.ts'
import type { MySql } from './capability.ts'

export const mysql: Engine<{ mysql: MySql }> = {
  name: 'mysql',
  title: 'MySQL',
  settings: { mysql: 'MYSQL_URL or HYPERDRIVE_MYSQL' },
  optional: false,
  open({ config, bindings }) {
    const server = bindings.hyperdriveMysql ?? config.MYSQL_URL
    if (server === undefined) return undefined
    const open = lazyOwnedDatabase(async () => (await import('./connector.ts')).createMySql(server))
    return {
      open: { mysql: open },
      // An empty transaction, which connects. Its results have no type.
      probe: (call) => open(PROBE_CALLER, call).read(() => [] as never),
    }
  },
}
