/** Builds write outside of `src`, where a search finds what people wrote. */

import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { PROJECT } from '../../support/product/project-copy.ts'
import { shared } from '../../support/product/shared.ts'

test('a build leaves no file under src that git ignores', async () => {
  await shared('worker')
  const listed = execFileSync('git', ['status', '--ignored', '--porcelain', '--', 'src'], {
    cwd: PROJECT,
    encoding: 'utf8',
  })
  expect(listed.split('\n').filter((line) => line.startsWith('!!'))).toEqual([])
})
