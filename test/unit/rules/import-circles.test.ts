/**
 * No file of src imports itself by way of others, types and late imports included; Biome passes those two.
 */

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { PROJECT } from '../../support/product/project-copy.ts'

type Graph = ReadonlyMap<string, readonly string[]>

const SRC = join(PROJECT, 'src')

function importsOf(file: string): string[] {
  const paths = readFileSync(file, 'utf8').matchAll(/\b(?:from|import\() ?'(\.[^']+\.ts)'/g)
  return Array.from(paths, ([, path = '']) => join(dirname(file), path))
}

/** The files of one circle, or none. A file that has been left is in no circle. */
function circleIn(graph: Graph): string[] {
  const left = new Set<string>()
  function visit(file: string, way: readonly string[]): string[] {
    if (way.includes(file)) return way.slice(way.indexOf(file))
    if (left.has(file)) return []
    for (const next of graph.get(file) ?? []) {
      const circle = visit(next, [...way, file])
      if (circle.length > 0) return circle
    }
    left.add(file)
    return []
  }
  return [...graph.keys()].map((file) => visit(file, [])).find((circle) => circle.length > 0) ?? []
}

test('src has no circle of imports', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(SRC, name))
  expect(files.length).toBeGreaterThan(100)
  expect(circleIn(new Map(files.map((file) => [file, importsOf(file)])))).toEqual([])
})

test('a circle of a type and a late import is found', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', []],
    ['d', ['b']],
  ])
  expect(circleIn(graph)).toEqual(['b', 'd'])
})
