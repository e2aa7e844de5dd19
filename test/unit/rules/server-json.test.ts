/**
 * `server.json` is what the MCP registry takes: its schema of 2025-12-11 in our own words, as far as the file
 * uses it, and closed where the registry's is open.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { SERVER_VERSION } from '../../../src/infra/version.ts'
import { PROJECT } from '../../support/product/project-copy.ts'

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json'

const variable = z.strictObject({
  description: z.string().optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  default: z.string().optional(),
  placeholder: z.string().optional(),
  choices: z.array(z.string()).optional(),
})
const remote = z
  .strictObject({
    type: z.enum(['streamable-http', 'sse']),
    url: z.string().regex(/^https?:\/\/\S+$/),
    variables: z.record(z.string(), variable).optional(),
  })
  .refine(({ url, variables = {} }) => {
    const used = [...url.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name)
    return used.every((name) => name !== undefined && Object.hasOwn(variables, name))
  }, 'each {name} of the URL is a variable')
const server = z.strictObject({
  $schema: z.literal(SCHEMA),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100).optional(),
  description: z.string().min(1).max(100),
  version: z
    .string()
    .max(255)
    .regex(/^\d+\.\d+\.\d+(-[\w.]+)?$/),
  websiteUrl: z.url().optional(),
  repository: z.strictObject({ url: z.url(), source: z.string() }).optional(),
  remotes: z.array(remote).min(1),
})

const file = JSON.parse(readFileSync(join(PROJECT, 'server.json'), 'utf8'))

test('server.json fits the schema of the registry, and has the version of the server', () => {
  expect(server.parse(file).version).toBe(SERVER_VERSION)
})

test.each([
  ['a description of more than 100 characters', { description: 'x'.repeat(101) }],
  ['a name without a namespace', { name: 'rowgate' }],
  ['a range of versions', { version: '^1.0.0' }],
  ['a variable that is not described', { remotes: [{ type: 'streamable-http', url: 'https://{a}/mcp' }] }],
  ['an unknown transport', { remotes: [{ type: 'stdio', url: 'https://a/mcp' }] }],
])('%s would be refused', (_, over) => {
  expect(server.safeParse({ ...file, ...over }).success).toBe(false)
})
