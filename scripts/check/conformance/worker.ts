/** The Worker for the official suite: the product's, with the suite's tools instead of ours. */

import { createWorker } from '../../../src/worker.ts'
import { extension } from './fixture/extension.ts'
import { inputTools } from './fixture/input-tools.ts'
import { plainTools } from './fixture/plain-tools.ts'
import { sessionTools } from './fixture/session-tools.ts'
import { verbatimTools } from './fixture/verbatim-tools.ts'

const suite = {
  name: 'conformance',
  title: 'Conformance',
  tools: [...plainTools, ...verbatimTools, ...inputTools, ...sessionTools],
}

export default createWorker({ toolsets: [suite] }, { extension })
