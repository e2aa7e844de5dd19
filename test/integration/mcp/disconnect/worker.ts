/** A Worker with one tool that waits on somebody else's server, and says there how the wait ended. */

import { waitUntil } from 'cloudflare:workers'
import * as z from 'zod'
import { tool } from '../../../../src/toolkit/tool.ts'
import { createWorker } from '../../../../src/worker.ts'

const wait = tool({
  name: 'wait',
  title: 'Wait',
  description: 'Waits for an answer that does not come.',
  scope: 'tasks:read',
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  input: z.strictObject({
    server: z.url().describe('Whom to wait for'),
    quietly: z.boolean().default(false).describe('Say nothing of how it ended'),
  }),
  async handler({ server, quietly }, { signal }) {
    const tell = () => waitUntil(fetch(new URL('/aborted', server)))
    if (!quietly) signal.addEventListener('abort', tell, { once: true })
    await fetch(new URL('/slow', server), { signal })
    return 'answered'
  },
})

export default createWorker({ toolsets: [{ name: 'waiting', title: 'Waiting', tools: [wait] }] })
