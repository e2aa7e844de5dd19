/** Comments are at most as wide as the code beside them; Biome wraps code and leaves comments alone. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../../support/product/project-copy.ts'

/** In columns: Biome's `lineWidth`. */
const WIDTH = 110

const LISTED = ['src', 'scripts', 'test', 'lint', 'web', '.ci', '*.ts', '*.toml', '*.jsonc']
const COMMENTED = /\.(ts|tsx|css|mjs|js|toml|jsonc|grit)$|^\.ci\/run$/
const COMMENT = /^\s*(\/\/|\/\*|\*|#)/
/** A directive is one line; what has no space cannot be wrapped. */
const ONE_LINE = /biome-ignore|^\s*\S+ \S+$/

test(`no comment line has more than ${WIDTH} columns`, () => {
  const files = execFileSync('git', ['ls-files', ...LISTED], { cwd: PROJECT, encoding: 'utf8' }).split('\n')
  const wide = files
    .filter((file) => COMMENTED.test(file))
    .flatMap((file) =>
      readFileSync(join(PROJECT, file), 'utf8')
        .split('\n')
        .map((line, index) => ({ line, place: `${file}:${index + 1}` })),
    )
    .filter(({ line }) => [...line].length > WIDTH && COMMENT.test(line) && !ONE_LINE.test(line))
  expect(wide.map(({ place }) => place)).toEqual([])
})
