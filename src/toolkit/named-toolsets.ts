/** The toolsets that the setting TOOLSETS leaves. */

import { ConfigError } from '../infra/config/settings.ts'
import type { Toolset } from './tool.ts'

/** A name that is not among them is an operator's typing error, and would else take tools away in silence. */
export function namedToolsets(
  toolsets: readonly Toolset[],
  names: readonly string[] | undefined,
): readonly Toolset[] {
  if (names === undefined) return toolsets
  const known = toolsets.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown === undefined) return toolsets.filter(({ name }) => names.includes(name))
  throw new ConfigError(
    `TOOLSETS names "${unknown}", which this deployment was not built with; there are ${known.join(', ')}.`,
  )
}
