/** The thread of PGlite: protocol bytes in and out, so that a long query does not block the event loop. */

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import { vector } from '@electric-sql/pglite-pgvector'

const port = parentPort
if (port === null) throw new Error('pglite-worker.ts must be started by pglite-thread.ts.')

const database = await PGlite.create({
  dataDir: String(workerData),
  extensions: { vector, pg_trgm, unaccent, fuzzystrmatch, btree_gin },
})

port.on('message', (message: Uint8Array | 'close') => {
  if (message === 'close') {
    void database.close().then(() => process.exit(0))
    return
  }
  void database.execProtocolRaw(message).then((answer) => port.postMessage(answer))
})
port.postMessage('ready')
