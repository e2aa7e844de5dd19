/** MongoDB as an engine. */

import type { Engine } from '../engine.ts'
import { PROBE_CALLER } from '../engine.ts'
import type { MongoDb } from './capability.ts'
import { createMongo } from './connector.ts'

/** A collection that does not exist. */
const NO_COLLECTION = { name: 'rowgate_health', dates: [], uniqueAmongOwn: 'id', conflict: '' }

export const mongodb: Engine<{ mongodb: MongoDb }> = {
  name: 'mongodb',
  title: 'MongoDB',
  settings: { mongodb: 'MONGODB_URL' },
  optional: false,
  open({ config: { MONGODB_URL: url } }) {
    if (url === undefined) return undefined
    const open = createMongo(url)
    return {
      open: { mongodb: open },
      probe: (call) => open(PROBE_CALLER, call).find(NO_COLLECTION, { sort: { created_at: -1 }, limit: 1 }),
    }
  },
}
