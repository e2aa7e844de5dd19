/** Filters toolsets by the setting TOOLSETS. */

import { ConfigError } from '../infra/config/settings.ts'
import type { Toolset } from './tool.ts'

/** Throws `ConfigError` for an unknown name: ignoring a typing error would silently remove tools. */
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
