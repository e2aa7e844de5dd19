/**
 * A setting that no driver could use stops the Worker, and the sentence that says so holds nothing of a
 * secret.
 */

import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from '../../../../src/infra/config/settings.ts'
import { SETTINGS } from '../../../support/product/http-app.ts'

const development = { ...SETTINGS, ENVIRONMENT: 'development', AUTH_ISSUER: 'https://issuer.example.com' }
const REST = { REDIS_URL: 'https://redis.example.com', REDIS_TOKEN: 'x' }
const OPENAI = { EMBEDDER: 'openai', EMBEDDER_URL: 'https://api.example.com', EMBEDDER_MODEL: 'm' }

describe('is refused without a word of it:', () => {
  test.each<[name: string, value: string, beside?: Record<string, string>]>([
    ['DATABASE_URL', 'postgres://u:hunter2@[bad/db'],
    ['DATABASE_URL', 'postgres://u:hunter2@host'],
    ['DATABASE_URL', 'postgres://:hunter2@host/db'],
    ['DATABASE_URL', 'postgres:hunter2'],
    ['DATABASE_URL', 'postgres://u:hunter2%zz@host/db'],
    ['DATABASE_URL', 'postgres://u:hunter2@one.example.com,two.example.com/db'],
    ['DATABASE_URL', 'postgres://u:hunter2@%2Fvar%2Frun%2Fpostgresql/db'],
    ['DATABASE_URL', 'postgres://u:hunter2@db.example.com/db?sslmode=verify-full&sslrootcert=hunter2.pem'],
    ['DATABASE_URL', 'postgres://u:hunter2@db.example.com/db?sslmode=disable'],
    ['DATABASE_URL', 'postgres://postgres.x:hunter2@aws-0-eu-west-1.pooler.supabase.com:5432/postgres'],
    ['DATABASE_OWNER_URL', 'mysql://u:hunter2@host/db'],
    ['DATABASE_OWNER_URL', 'postgres://hunter2'],
    ['DATABASE_FETCH_ENDPOINT', 'https://u:hunter2@db.example.com/sql'],
    ['IDENTITY_KEY', 'hunter2'],
    ['IDENTITY_KEY', 'k:hunter2'],
    ['IDENTITY_KEY', `k:hunter2${'A'.repeat(38)}`],
    ['IDENTITY_KEY', `k:hunter2${'A'.repeat(36)}`],
    ['MYSQL_URL', 'mysql://u:hunter2%zz@127.0.0.1/db'],
    ['MONGODB_URL', 'hunter2'],
    ['MONGODB_URL', 'mongodb://u:hunter2@h'],
    ['MONGODB_URL', 'mongodb://u:hunter2@h:port/db'],
    ['MONGODB_URL', 'mongodb://u:hunter2:x@h/db'],
    ['MONGODB_URL', 'mongodb://u:p@hunter2@h/db'],
    ['MONGODB_URL', 'mongodb://u:p/hunter2@h/db'],
    ['MONGODB_URL', 'mongodb://u:hunter2%zz@h/db'],
    ['REDIS_URL', 'hunter2'],
    ['REDIS_URL', 'redis:hunter2'],
    ['REDIS_URL', 'redis://:hunter2@h:99999'],
    ['REDIS_URL', 'redis://:hunter2%zz@h'],
    ['REDIS_URL', 'https://u:hunter2@redis.example.com', { REDIS_TOKEN: 'x' }],
    ['REDIS_TOKEN', 'hunter2\nhunter2', REST],
    ['REDIS_TOKEN', 'hunter2 hunter2', REST],
    ['REDIS_TOKEN', 'hunter2\u0100', REST],
    ['EMBEDDER_KEY', 'hunter2\nhunter2', OPENAI],
    ['EMBEDDER_URL', 'https://u:hunter2@api.example.com', OPENAI],
    ['AUTH_JWKS_URL', 'https://u:hunter2@issuer.example.com/keys'],
  ])('%s=%j', (name, value, beside = {}) => {
    const read = () => readConfig({ ...development, ...beside, [name]: value })
    expect(read).toThrow(new RegExp(`^${name} is wrong: must (?!.*hunter2)[^\n]*\\.$`))
  })
})

describe('Redis and its token fit together, or neither is in the sentence that refuses them:', () => {
  const TOKEN = 'hunter2'
  test.each<[rule: string, env: Record<string, string>, sentence: RegExp]>([
    [
      'an https:// address without a token',
      { REDIS_URL: 'https://hunter2.example.com' },
      /^REDIS_TOKEN is not set: [^\n]+\.$/,
    ],
    [
      'a token beside an address that is not reached by one',
      { REDIS_URL: 'redis://:hunter2@redis.example.com', REDIS_TOKEN: TOKEN },
      /^REDIS_TOKEN is read with [^\n]+\.$/,
    ],
    ['a token without an address', { REDIS_TOKEN: TOKEN }, /^REDIS_TOKEN is read with [^\n]+\.$/],
    [
      'a token in the clear, in production',
      { REDIS_URL: 'http://hunter2.example.com', REDIS_TOKEN: TOKEN, ENVIRONMENT: 'production' },
      /^REDIS_URL must be https:\/\/ [^\n]+\.$/,
    ],
  ])('%s', (_, env, sentence) => {
    const read = () => readConfig({ ...development, ...env })
    expect(read).toThrow(ConfigError)
    expect(read).toThrow(sentence)
    expect(read).not.toThrow(/hunter2/)
  })

  test('in development a token may travel in the clear, as to a Redis of the same machine', () => {
    const env = { REDIS_URL: 'http://127.0.0.1:8079', REDIS_TOKEN: TOKEN }
    expect(readConfig({ ...development, ...env })).toMatchObject(env)
  })
})

describe('may be used:', () => {
  test.each<[name: string, value: string, beside?: Record<string, string>]>([
    ['DATABASE_URL', 'postgresql://u:p%40ss@db.example.com:5432/app?sslmode=require'],
    ['DATABASE_URL', 'postgres://u:p@localhost/app?sslmode=disable'],
    ['DATABASE_URL', 'postgres://postgres.x:p@aws-0-eu-west-1.pooler.supabase.com:6543/postgres'],
    ['DATABASE_OWNER_URL', 'postgres://owner@[::1]/app'],
    ['IDENTITY_KEY', `k1:${Buffer.alloc(33, 7).toString('base64')}`],
    ['IDENTITY_KEY', `k1:${Buffer.alloc(64, 7).toString('base64')}`],
    ['MONGODB_URL', 'mongodb://localhost:27017/people'],
    ['MONGODB_URL', 'mongodb://u:p%40@a.example.com:27017,b.example.com/people?replicaSet=r&tls=true'],
    ['MONGODB_URL', 'mongodb+srv://u:p@cluster0.abc12.mongodb.net/people?retryWrites=true&w=majority'],
    ['MONGODB_URL', 'mongodb://[::1]:27017/people'],
    ['REDIS_URL', 'redis://localhost'],
    ['REDIS_URL', 'rediss://default:p%2F@redis.example.com:6380/1'],
    ['REDIS_URL', 'https://eu1-able-cat-1.upstash.io', { REDIS_TOKEN: 'AX=-_' }],
    ['EMBEDDER_KEY', 'sk-proj-abc_DEF', OPENAI],
  ])('%s=%j', (name, value, beside = {}) => {
    expect(readConfig({ ...development, ...beside, [name]: value })).toMatchObject({ [name]: value })
  })
})

test('the blank at the end of a secret that was piped in is not part of it', () => {
  const url = 'redis://:p@redis.example.com'
  expect(readConfig({ ...development, REDIS_URL: `${url}\n` }).REDIS_URL).toBe(url)
})
