/** Each kind of folder has the files that a reader of one of them expects in the next. */

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../../support/product/project-copy.ts'
import { wentWithExamples } from '../../support/skip-without.ts'

/** Not an engine: how each runtime loads the engines' drivers. */
const NO_ENGINE = 'drivers'

function folders(parent: string): string[] {
  if (wentWithExamples(parent)) return []
  return readdirSync(join(PROJECT, parent), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== NO_ENGINE)
    .map(({ name }) => `${parent}/${name}`)
}

test.each(folders('src/data'))('%s is an engine: engine, capability, connector, errors', (folder) => {
  for (const file of ['engine.ts', 'capability.ts', 'connector.ts', 'errors.ts'])
    expect(existsSync(join(PROJECT, folder, file)), file).toBe(true)
})

test.each([...folders('src/toolsets'), ...folders('src/examples')])(
  '%s is a toolset: tools, schema',
  (folder) => {
    for (const file of ['tools.ts', 'schema.ts'])
      expect(existsSync(join(PROJECT, folder, file)), file).toBe(true)
  },
)
