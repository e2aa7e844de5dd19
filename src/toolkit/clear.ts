/**
 * `clear`: the argument that names optional fields to empty. A null argument counts as left out, so it cannot
 * do that.
 */

import * as z from 'zod'

export function clearOf<const Fields extends readonly [string, ...string[]]>(fields: Fields) {
  return z.array(z.enum(fields)).optional().describe('Fields to empty')
}

/** For a schema's `refine`: no field is both given and cleared. */
export function isClearedOrGiven({
  clear = [],
  ...given
}: {
  readonly clear?: readonly string[] | undefined
}) {
  return clear.every((field) => Reflect.get(given, field) === undefined)
}

export const CLEARED_AND_GIVEN = 'must not give a field that `clear` names'
