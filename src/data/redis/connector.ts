/**
 * Redis, over its own protocol or Upstash's REST: one connection per call, opened at its first use and closed
 * after the call.
 */

import * as drivers from '#drivers'
import { exactNumber } from '../../infra/exact-number.ts'
import type { Open } from '../call-scope.ts'
import { createExecutor } from '../execute.ts'
import type { KeyValue, Redis } from './capability.ts'
import { toRowgateError } from './errors.ts'
import { namesOf } from './keys.ts'
import { DELETE, GET, INCREMENT, SET, STATS } from './scripts.ts'

interface RedisSettings {
  /** `redis://` and `rediss://` speak Redis' protocol, `https://` Upstash's REST. */
  readonly url: string
  /** For REST only. */
  readonly token?: string | undefined
}

/** Limit of an answer, connecting included, in milliseconds: a cache that is slower is useless. */
const ANSWER_LIMIT_MS = 2_500

/** 30 days, in milliseconds. Nothing lives longer, including the index of a caller's keys. */
const LONGEST_TTL_MS = 2_592_000_000

type Script = readonly [script: string, keys: readonly string[], values: readonly (string | number)[]]

/** Scripts that only read. */
const READERS: ReadonlySet<string> = new Set([GET, STATS])

/** Runs one script. Scripts and key names are ours; only values are the caller's. */
type Run = (repeatable: boolean, ...script: Script) => Promise<unknown>

interface Link {
  run(script: Script, signal: AbortSignal): Promise<unknown>
  close(): void
}

/** Made once per isolate; a connector is made per call. */
export function createRedis({ url, token }: RedisSettings): Open<Redis> {
  const execute = createExecutor({
    engine: 'redis',
    title: 'Redis',
    limitMs: ANSWER_LIMIT_MS,
    toRowgateError,
  })
  const link = () => (/^https?:/.test(url) ? rest(url, token) : socket(url))

  return (caller, call) => {
    let opened: Promise<Link> | undefined

    function open(): Promise<Link> {
      if (opened !== undefined) return opened
      const opening = link()
      opened = opening
      // A link that failed to open has nothing to close.
      call.onEnd(() =>
        opening.then(
          ({ close }) => close(),
          () => undefined,
        ),
      )
      return opening
    }

    async function send(script: Script, signal: AbortSignal): Promise<unknown> {
      try {
        return await (await open()).run(script, signal)
      } catch (error) {
        // After any error the next attempt opens a new link.
        opened = undefined
        throw error
      }
    }

    const run: Run = (repeatable, ...script) =>
      execute(
        { call, repeatable, auditFirst: !READERS.has(script[0]), statements: () => [script[0]] },
        (signal) => send(script, signal),
      )

    return {
      // The response cache does not retry: recomputing a result is faster than waiting for Redis.
      space: (name) =>
        keyValue(
          (repeatable, ...script) => run(repeatable && name === 'cache', ...script),
          (key) => namesOf(caller, name, key),
        ),
    }
  }
}

function keyValue(run: Run, names: (key: string) => ReturnType<typeof namesOf>): KeyValue {
  return {
    async get(key) {
      const { key: name } = await names(key)
      const [value, ttlMs] = tuple(await run(true, GET, [name], []))
      if (typeof value !== 'string') return undefined
      return { value, ttlMs: Math.max(0, Number(ttlMs)) }
    },
    async set(key, value, ttlMs) {
      const { key: name, index, member } = await names(key)
      await run(true, SET, [name, index], [value, ttlMs, member, LONGEST_TTL_MS])
    },
    async delete(key) {
      const { key: name, index, member } = await names(key)
      return Number(await run(false, DELETE, [name, index], [member])) === 1
    },
    async increment(key, ttlMs) {
      const { key: name, index, member } = await names(key)
      return exactNumber(String(await run(false, INCREMENT, [name, index], [ttlMs, member, LONGEST_TTL_MS])))
    },
    async stats() {
      const { index } = await names('')
      const [keys, version] = tuple(await run(true, STATS, [index], []))
      return { keys: Number(keys), version: typeof version === 'string' ? version : '' }
    },
  }
}

function tuple(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new Error('Redis answered a script with something else than it returns.')
  return reply
}

async function socket(url: string): Promise<Link> {
  const { Redis } = await drivers.ioredis()
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: ANSWER_LIMIT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
  })
  // The reason for a lost connection comes as an event; its commands reject only with the fact.
  let cause: unknown
  client.on('error', (error) => {
    cause ??= error
  })
  try {
    await client.connect()
  } catch (error) {
    client.disconnect()
    throw cause ?? error
  }
  return {
    async run([script, keys, values]) {
      try {
        return await client.eval(script, keys.length, ...keys, ...values)
      } catch (error) {
        throw cause ?? error
      }
    },
    close: () => client.disconnect(),
  }
}

/** A request over HTTP leaves nothing open. */
async function rest(url: string, token = ''): Promise<Link> {
  const { Redis } = await drivers.upstash()
  const settings = {
    url,
    token,
    retry: false,
    automaticDeserialization: false,
    enableTelemetry: false,
  } as const
  return {
    run: ([script, keys, values], signal) =>
      new Redis({ ...settings, signal }).eval(script, [...keys], values.map(String)),
    close: () => undefined,
  }
}
