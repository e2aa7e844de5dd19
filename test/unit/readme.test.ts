/** What the README tells a reader to run exists. */

import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const root = new URL('../../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')
const { scripts } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'))

function found(pattern: RegExp): string[] {
  return [...new Set([...readme.matchAll(pattern)].map((match) => match[1] ?? ''))]
}

test.each(found(/npm (?:run )?([a-z][a-z:-]+)/g).filter((name) => name !== 'install'))(
  'npm run %s is a script',
  (name) => {
    expect(Object.keys(scripts)).toContain(name)
  },
)

test.each(found(/`((?:src|test|scripts|drizzle)\/[\w./-]*)`/g))('%s is there', (path) => {
  expect(existsSync(new URL(path, root))).toBe(true)
})

test.each(found(/\]\((?!https?:)([^)#]+)\)/g))('the link to %s leads somewhere', (path) => {
  expect(existsSync(new URL(path, root))).toBe(true)
})
