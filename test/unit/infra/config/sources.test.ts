/** Connections of sources: each has a database of its own, and a sentence says which setting is wrong. */

import { expect, test } from 'vitest'
import { readSources } from '../../../../src/infra/config/sources.ts'
import { lockOf } from '../../../support/product/sources.ts'

const source = (name: string) => ({
  ...{ name, connect: `${name.toUpperCase()}_URL`, audit: false },
  lock: lockOf([]),
})
const both = [source('crm'), source('app')]

test.each([
  ['postgres://me:one@db.example/app', 'postgres://me:two@db.example:5432/app'],
  ['postgres://me:one@db.example/app', 'postgresql://me:one@db.example/app?sslmode=require'],
])('%s and %s are one database, so they are one source', (crm, app) => {
  expect(() => readSources({ CRM_URL: crm, APP_URL: app }, both)).toThrow(
    'APP_URL and CRM_URL name the same database: its tables are one source of rowgate.yaml.',
  )
})

test.each([
  ['postgres://me:one@db.example/crm', 'postgres://me:one@db.example/app'],
  ['postgres://me:one@db.example/app', 'postgres://me:one@other.example/app'],
])('%s and %s are two', (crm, app) => {
  expect(readSources({ CRM_URL: crm, APP_URL: app }, both).map(({ url }) => url)).toEqual([crm, app])
})

test('a source without what it connects with is named', () => {
  expect(() => readSources({ APP_URL: 'postgres://me:one@db.example/app' }, both)).toThrow(
    'CRM_URL is not set: the source `crm` of rowgate.yaml connects with it.',
  )
})
