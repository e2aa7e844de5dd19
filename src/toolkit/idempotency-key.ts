/** The argument that makes a tool which adds something safe to call again. */

import * as z from 'zod'

export const idempotencyKey = z
  .string()
  .min(1)
  .max(128)
  .optional()
  .describe(
    'Any string of yours; a repeated call with the same key adds nothing and returns what the first one added',
  )
