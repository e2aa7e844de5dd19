/** D1 as an engine. */

import type { Engine } from '../engine.ts'
import { lazyOwnedDatabase } from '../lazy.ts'
import type { D1 } from './capability.ts'

export const d1: Engine<{ d1: D1 }> = {
  name: 'd1',
  title: 'D1',
  settings: { d1: 'the binding DB' },
  optional: false,
  open({ bindings: { d1: binding } }) {
    if (binding === undefined) return undefined
    return {
      open: { d1: lazyOwnedDatabase(async () => (await import('./connector.ts')).createD1(binding)) },
      probe: () => binding.prepare('select 1').first(),
    }
  },
}
