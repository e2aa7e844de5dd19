/** What MYSQL_URL may be. */

import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/infra/config.ts'
import { SETTINGS } from '../support/edge.ts'

const production = { ...SETTINGS, ENVIRONMENT: 'production', AUTH_ISSUER: 'https://issuer.example.com' }

describe('MYSQL_URL', () => {
  test.each([
    'mysql://me:p%40ss@127.0.0.1:3307/shop',
    'mysql://me@localhost/shop',
    'mysql://me:x@[::1]/shop',
  ])('%s may be used anywhere', (MYSQL_URL) => {
    expect(readConfig({ ...production, MYSQL_URL }).MYSQL_URL).toBe(MYSQL_URL)
  })

  test.each([
    'mysql://me:x@db.example.com/shop',
    'mysql://me:x@127.0.0.1.example.com/shop',
    'mysql://me:x@10.0.0.5/shop',
  ])('%s, which would go unencrypted, is for development only', (MYSQL_URL) => {
    expect(() => readConfig({ ...production, MYSQL_URL })).toThrow(/^MYSQL_URL .*HYPERDRIVE_MYSQL/)
    const config = readConfig({ ...production, ENVIRONMENT: 'development', MYSQL_URL })
    expect(config.MYSQL_URL).toBe(MYSQL_URL)
  })

  test.each([
    'nonsense',
    'postgres://me:hunter2@localhost/shop',
    'mysql://localhost/shop',
    'mysql://me:hunter2@localhost',
    'mysql://me:hunter2@localhost/shop/more',
  ])('%s stops the Worker with a sentence that holds no password', (MYSQL_URL) => {
    expect(() => readConfig({ ...production, MYSQL_URL })).toThrow(/^MYSQL_URL is wrong(?!.*hunter2)/)
  })
})
