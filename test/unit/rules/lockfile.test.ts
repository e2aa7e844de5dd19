/**
 * The lockfile installs on any machine. npm before 11 installs no platform's binary that the lockfile leaves
 * out, and it does leave them out where it was written over an installation that has only its own platform's.
 */

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  packages: Readonly<Record<string, Locked>>
}

/** As Node looks it up: beside the package that asks for it, else in a folder above. */
function isLocked(name: string, from: string): boolean {
  if (`${from === '' ? '' : `${from}/`}node_modules/${name}` in packages) return true
  if (from === '') return false
  const above = from.lastIndexOf('/node_modules/')
  return isLocked(name, above < 0 ? '' : from.slice(0, above))
}

test("the lockfile has every platform's binaries, not only those of the machine that wrote it", () => {
  const wanted = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).map((name) => ({ from, name })),
  )
  expect(wanted.length).toBeGreaterThan(50)
  expect(wanted.filter(({ name, from }) => !isLocked(name, from))).toEqual([])
})
