/** `idempotency_key`: the argument that makes a tool that adds something safe to retry. */

import * as z from 'zod'

export const idempotencyKey = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe('Makes a retry safe: a second call with the same key returns what the first added')
