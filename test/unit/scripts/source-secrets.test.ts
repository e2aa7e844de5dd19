/** Secrets of a source that `rowgate up` keeps, and the key that it derives for it. */

import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  findSourceSecrets,
  keepSourceSecrets,
  masterIdentityKey,
  workerUrl,
} from '../../../scripts/local/source-secrets.ts'
import { variables } from '../../../src/infra/config/settings.ts'
import { sourceIdentityKey } from '../../../src/infra/identity-key.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rowgate-secrets-'))
})
afterAll(async () => await rm(directory, { recursive: true, force: true }))

test("a source's secrets are read by their owner alone, and give the Worker's URL", async () => {
  expect(await findSourceSecrets(directory, 'app')).toBeUndefined()
  const secrets = {
    ownerUrl: 'postgres://owner@db.example/app?sslmode=require',
    database: 'app',
    login: 'rowgate app',
    password: 'p@ss',
  }
  await keepSourceSecrets(directory, 'app', secrets)
  expect(await findSourceSecrets(directory, 'app')).toEqual(secrets)
  expect((await stat(join(directory, 'source-app.json'))).mode & 0o777).toBe(0o600)
  expect(workerUrl(secrets)).toBe('postgres://rowgate%20app:p%40ss@db.example/app?sslmode=require')
})

test('each source has a key of its own, in the form of the setting, that is the same at each run', async () => {
  const master = await masterIdentityKey(directory)
  expect(await masterIdentityKey(directory)).toBe(master)
  const [app, other] = [await sourceIdentityKey(master, 'app'), await sourceIdentityKey(master, 'other')]
  expect(await sourceIdentityKey(master, 'app')).toBe(app)
  const ids = [master, app, other].map((key) => key.split(':')[0])
  expect(new Set(ids).size).toBe(3)
  const longest = await sourceIdentityKey(`${'k'.repeat(32)}:${master.split(':')[1]}`, 's'.repeat(32))
  for (const key of [app, other, longest])
    expect(variables.shape.IDENTITY_KEY.safeParse(key).success).toBe(true)
})
