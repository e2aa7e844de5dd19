/**
 * Upstash's REST protocol in front of a real Redis: one command, a pipeline or a transaction as JSON arrays.
 */

import { createServer, type IncomingMessage } from 'node:http'
import { type ChainableCommander, Redis } from 'ioredis'
import { listen } from '../../../scripts/check/listen.ts'

type Command = [name: string, ...args: (string | number)[]]
type Answer = { result: unknown } | { error: string }

export interface Upstash {
  readonly url: string
  readonly token: string
  close(): Promise<void>
}

const TOKEN = 'only-for-tests'

export async function startUpstash(redisUrl: string): Promise<Upstash> {
  const redis = new Redis(redisUrl)
  const server = createServer(async (request, response) => {
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      return send(401, { error: 'WRONGPASS invalid or missing auth token' })
    }
    const body = JSON.parse(await textOf(request))
    const encode = request.headers['upstash-encoding'] === 'base64' ? base64 : (value: unknown) => value
    if (request.url === '/pipeline') return send(200, (await pipeline(redis.pipeline(), body)).map(encoded))
    if (request.url === '/multi-exec') return send(200, (await pipeline(redis.multi(), body)).map(encoded))
    const answer = encoded(await run(redis, body))
    return send('error' in answer ? 400 : 200, answer)

    function encoded(answer: Answer): Answer {
      return 'result' in answer ? { result: encode(answer.result) } : answer
    }
  })
  const port = await listen(server)
  return {
    url: `http://127.0.0.1:${port}`,
    token: TOKEN,
    async close() {
      redis.disconnect()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function run(redis: Redis, [name, ...args]: Command): Promise<Answer> {
  try {
    return { result: await redis.call(name, ...args) }
  } catch (error) {
    return { error: messageOf(error) }
  }
}

async function pipeline(chain: ChainableCommander, commands: readonly Command[]): Promise<Answer[]> {
  for (const [name, ...args] of commands) chain.call(name, ...args)
  const results = (await chain.exec()) ?? []
  return results.map(([error, result]) => (error === null ? { result } : { error: messageOf(error) }))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'ERR unknown'
}

/** Encodes strings at any depth. Numbers, null and `OK` stay. */
function base64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(base64)
  return typeof value === 'string' && value !== 'OK' ? Buffer.from(value).toString('base64') : value
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
