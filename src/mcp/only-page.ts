/** The parameters of a list that is one page. */

import * as z from 'zod'

/**
 * 2026-07-28, server/utilities/pagination: a cursor that the server never issued is "invalid params"
 * (-32602).
 */
const NO_CURSOR = 'the list is one page, so the server never issued a cursor'
export const onlyPage = z.looseObject({ cursor: z.undefined({ error: NO_CURSOR }).optional() })
