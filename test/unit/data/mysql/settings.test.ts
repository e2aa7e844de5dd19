/** Valid and invalid MYSQL_URL. */

import { describe, expect, test } from 'vitest'
import { readConfig } from '../../../../src/infra/config/settings.ts'
import { isLoopback } from '../../../../src/infra/config/urls.ts'
import { SETTINGS } from '../../../support/product/http-app.ts'

const production = { ...SETTINGS, ENVIRONMENT: 'production', AUTH_ISSUER: 'https://issuer.example.com' }

describe('MYSQL_URL', () => {
  test.each([
    'mysql://me:p%40ss@127.0.0.1:3307/shop',
    'mysql://me@localhost/shop',
    'mysql://me:x@[::1]/shop',
    'mysql://me:x@db.example.com/shop',
  ])('%s may be used anywhere', (MYSQL_URL) => {
    expect(readConfig({ ...production, MYSQL_URL }).MYSQL_URL).toBe(MYSQL_URL)
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

// Whom it is not, is spoken to by TLS only (test/integration/data/tls.test.ts).
test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.8.8.8', true],
  ['[::1]', true],
  ['127.0.0.1.example.com', false],
  ['localhost.example.com', false],
  ['notlocalhost', false],
  ['127.1', false],
  ['0.0.0.0', false],
  ['10.0.0.5', false],
  ['[::ffff:127.0.0.1]', false],
  ['localhost\n.example.com', false],
  ['', false],
])('whether %j is this machine: %j', (hostname, expected) => {
  expect(isLoopback(hostname)).toBe(expected)
})
