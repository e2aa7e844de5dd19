/** The embedder that the settings choose, and settings that choose none. */

import { describe, expect, test } from 'vitest'
import { createEmbedder } from '../../../src/embedding/embedder.ts'
import { ConfigError, readConfig } from '../../../src/infra/config/settings.ts'

const BASE = {
  DATABASE_URL: 'postgres://rowgate_app:x@db.invalid/app',
  IDENTITY_KEY: `k1:${Buffer.alloc(32).toString('base64')}`,
  AUTH_ISSUER: 'https://issuer.example',
}
const signal = new AbortController().signal

describe('the embedder’s settings', () => {
  test('choose the built-in one when they say nothing', () => {
    expect(createEmbedder(readConfig(BASE), undefined).model).toMatch(/^rowgate-builtin-/)
  })

  test.each([
    { EMBEDDER: 'word2vec' },
    { EMBEDDER: 'openai' },
    { EMBEDDER: 'openai', EMBEDDER_URL: 'https://api.example/v1' },
    { EMBEDDER: 'openai', EMBEDDER_URL: 'file:///etc/passwd', EMBEDDER_MODEL: 'm' },
    { EMBEDDER_URL: 'https://api.example/v1' },
    { EMBEDDER_KEY: 'secret' },
    { EMBEDDER: 'builtin', EMBEDDER_MODEL: 'large' },
    { EMBEDDER: 'workers-ai', EMBEDDER_KEY: 'secret' },
  ])('stop the start when they contradict each other: %o', (settings) => {
    expect(() => readConfig({ ...BASE, ...settings })).toThrow(/^EMBEDDER/)
    expect(() => readConfig({ ...BASE, ...settings })).not.toThrow(/secret/)
  })

  test('stop the start when Workers AI is chosen and not bound', () => {
    const config = readConfig({ ...BASE, EMBEDDER: 'workers-ai' })
    expect(() => createEmbedder(config, undefined)).toThrow(ConfigError)
  })

  test('ask Workers AI by its binding, and pad what it gives', async () => {
    const asked: unknown[] = []
    const ai = {
      run: (...args: unknown[]) => {
        asked.push(args)
        return Promise.resolve({ shape: [1, 2], data: [[3, 4]] })
      },
    }
    const embedder = createEmbedder(
      readConfig({ ...BASE, EMBEDDER: 'workers-ai', EMBEDDER_MODEL: '@cf/x' }),
      ai,
    )
    const [vector] = await embedder.embed(['text'], signal)
    expect(asked).toEqual([['@cf/x', { text: ['text'] }]])
    expect(Array.from(vector?.slice(0, 3) ?? [])).toEqual([3, 4, 0])
  })

  test.each([
    { name: 'fails', run: () => Promise.reject(new Error('quota of account 1234')) },
    { name: 'answers something else', run: () => Promise.resolve({ response: 'hello' }) },
    { name: 'answers too little', run: () => Promise.resolve({ data: [] }) },
  ])('tell of no account when Workers AI $name', async ({ run }) => {
    const embedder = createEmbedder(readConfig({ ...BASE, EMBEDDER: 'workers-ai' }), { run })
    const failure = embedder.embed(['text'], signal)
    await expect(failure).rejects.toMatchObject({ name: 'RowgateError', code: 'UNAVAILABLE' })
    await expect(failure).rejects.not.toMatchObject({ message: expect.stringContaining('1234') })
  })
})
