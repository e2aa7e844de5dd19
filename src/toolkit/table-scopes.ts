/** The scope that reads each table of a toolset. */

import type { Toolset } from './tool.ts'

/** By `schema.table`, or `schema.*` for all of a schema. */
export function tableScopesOf(toolsets: readonly Toolset[]): ReadonlyMap<string, string> {
  return new Map(
    toolsets.flatMap(({ tables = {} }) =>
      Object.entries(tables).flatMap(([scope, names]) => names.map((name) => [name, scope] as const)),
    ),
  )
}
