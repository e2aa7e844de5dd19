/** The thread that PGlite runs in: protocol bytes in, protocol bytes out, so that a long query blocks nobody else. */

import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { btree_gin } from '@electric-sql/pglite/contrib/btree_gin'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { unaccent } from '@electric-sql/pglite/contrib/unaccent'
import { vector } from '@electric-sql/pglite-pgvector'

const port = parentPort
if (port === null) throw new Error('pglite-worker.ts is started by pglite.ts, not by hand.')

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
