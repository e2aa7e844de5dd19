/**
 * "Deploy to Cloudflare" asks for every line of `.dev.vars.example` that is not commented out, with its value
 * filled in beforehand, and the description that package.json has of it.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readConfig, variables } from '../../../src/infra/config/settings.ts'
import { PROJECT } from '../../support/product/project-copy.ts'

const read = (name: string) => readFileSync(join(PROJECT, name), 'utf8')
const asked: Readonly<Record<string, string>> = Object.fromEntries(
  [...read('.dev.vars.example').matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    value,
  ]),
)

test('each field of the form is a setting with a description, and each description is of a field', () => {
  const { bindings } = JSON.parse(read('package.json')).cloudflare
  expect(Object.keys(bindings)).toEqual(Object.keys(asked))
  expect(Object.keys(variables.shape)).toEqual(expect.arrayContaining(Object.keys(asked)))
})

test('the form asks for what a deployment cannot do without, and for nothing of development', () => {
  expect(Object.keys(asked)).toEqual(['DATABASE_URL', 'IDENTITY_KEY', 'PUBLIC_URL', 'AUTH_ISSUER'])
  const key = `k1:${Buffer.alloc(32).toString('base64')}`
  expect(readConfig({ ...asked, IDENTITY_KEY: key }).ENVIRONMENT).toBe('production')
})

test('a Worker that was deployed with the examples serves nothing', () => {
  expect(() => readConfig(asked)).toThrow('IDENTITY_KEY is wrong')
})

test('the README has the button', () => {
  expect(read('README.md')).toMatch(
    /\]\(https:\/\/deploy\.workers\.cloudflare\.com\/\?url=https:\/\/github\.com\/\S+\)/,
  )
})
