/** How a call says that an optional field is to be empty: by name, since null is as if left out. */

import * as z from 'zod'

export function clearOf<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return z.array(z.enum(fields)).max(fields.length).optional().describe('Fields to empty')
}

/** For a schema's `refine`: no field is given and emptied at once. */
export function isClearedOrGiven({
  clear = [],
  ...given
}: {
  readonly clear?: readonly string[] | undefined
}) {
  return clear.every((field) => Reflect.get(given, field) === undefined)
}

export const CLEARED_AND_GIVEN = 'must not give a field that `clear` names'
