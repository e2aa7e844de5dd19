import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { type Tool, type Toolset, tool } from '../../../src/toolkit/tool.ts'
import { alice, makeTool } from './fixture.ts'

function toolset(name: string, ...tools: Tool[]): Toolset {
  return { name, title: name, tools }
}

function listed(...toolsets: Toolset[]) {
  return JSON.parse(createRegistry(toolsets, new Set()).view(alice, EVERYTHING).listJson)
}

describe('at start', () => {
  it('two tools of one name are refused, whichever toolsets they are in', () => {
    const twice = [toolset('a', makeTool('same')), toolset('b', makeTool('same'))]
    expect(() => createRegistry(twice, new Set())).toThrow('Two tools are called same')
  })

  it.each([
    '',
    'Upper',
    '1st',
    'with space',
    'with-dash',
    'with.dot',
    'ünïcode',
    'a'.repeat(65),
    'tab\tbed',
    'new\n',
  ])('%j is no name for a tool', (name) => {
    expect(() => createRegistry([toolset('a', makeTool(name))], new Set())).toThrow(
      'is not a valid tool name',
    )
  })

  it('a toolset whose engine is not there is off the list, and its scopes are not asked for', () => {
    const needy: Toolset = {
      ...toolset('needy', makeTool('hungry', { scope: 'needy:use' })),
      engine: 'postgres',
    }
    const registry = createRegistry([needy, toolset('free', makeTool('content'))], new Set())
    expect(registry.toolsets.map(({ name }) => name)).toEqual(['free'])
    expect(registry.scopes).toEqual(['unit:use'])
  })
})

describe('a list', () => {
  it('is in the order of the toolsets, the same each time', () => {
    const names = listed(toolset('b', makeTool('z'), makeTool('a')), toolset('a', makeTool('m')))
    expect(names.map(({ name }: { name: string }) => name)).toEqual(['z', 'a', 'm'])
  })

  it('shows an envelope around a tool’s output, and no schema where the tool has none', () => {
    const bare = tool({
      name: 'bare',
      title: 'Bare',
      description: 'Has no output schema.',
      scope: 'unit:use',
      annotations: makeTool('x').annotations,
      input: z.strictObject({}),
      handler: () => Promise.resolve(1),
    })
    const [full, without] = listed(toolset('a', makeTool('full'), bare))
    expect(Object.keys(full.outputSchema.properties)).toEqual(['status', 'data', 'error'])
    expect(without).not.toHaveProperty('outputSchema')
  })

  it('keeps a recursive output’s definitions where its references look for them', () => {
    const [entry] = listed(toolset('a', { ...makeTool('any'), output: z.object({ value: z.json() }) }))
    const references = [...JSON.stringify(entry.outputSchema).matchAll(/"#\/\$defs\/(\w+)"/g)]
    expect(references.length).toBeGreaterThan(0)
    for (const [, name = ''] of references) expect(entry.outputSchema.$defs).toHaveProperty(name)
  })

  it('names the dialect only of a schema that does so itself', () => {
    const dialect = 'https://json-schema.org/draft/2020-12/schema'
    const own = { ...makeTool('own'), input: z.strictObject({}).meta({ $schema: dialect }) }
    const [plain, declared] = listed(toolset('a', makeTool('plain'), own))
    expect(plain.inputSchema).not.toHaveProperty('$schema')
    expect(declared.inputSchema.$schema).toBe(dialect)
  })

  it('refuses a tool that mirrors an argument into a header, unless it goes the SDK’s way', () => {
    const input = z.strictObject({ region: z.string().meta({ 'x-mcp-header': 'Region' }) })
    const mirrors = { ...makeTool('mirrors'), input }
    expect(() => listed(toolset('a', mirrors))).toThrow('does not say that it is interactive')
    expect(listed(toolset('a', { ...mirrors, interactive: true }))).toHaveLength(1)
  })
})

it('a view is remembered by scopes and selection, never handed to a caller with others', () => {
  const registry = createRegistry([toolset('a', makeTool('one'), makeTool('two', { scope: 'b' }))], new Set())
  const bob = { ...alice, userId: 'bob', scopes: new Set(['unit:use', 'of no interest']) }
  const carol = { ...alice, scopes: new Set(['unit:use', 'b']) }
  expect(registry.view(bob, EVERYTHING)).toBe(registry.view(alice, EVERYTHING))
  expect(JSON.parse(registry.view(carol, EVERYTHING).listJson)).toHaveLength(2)
  expect(JSON.parse(registry.view(alice, EVERYTHING).listJson)).toHaveLength(1)
})
