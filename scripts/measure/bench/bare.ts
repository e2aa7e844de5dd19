/**
 * The first baseline: a fetch handler that only parses the body and responds. It checks no host, token,
 * header or argument. For `list_tasks` it sends the database the same request as Rowgate.
 */

import { createSealer } from '../../../src/data/postgres/seal.ts'
import { createRegistry } from '../../../src/mcp/registry.ts'
import { EVERYTHING } from '../../../src/mcp/selection.ts'
import { tasks } from '../tasks/tools.ts'
import { CALLER } from './caller.ts'
import { bench } from './tools.ts'

/** Drizzle's SQL for `list_tasks` without filters. */
const LIST_TASKS_SQL =
  'select "id", "title", "description", "completed", "created_at", "updated_at" from "tasks" order by "tasks"."id" desc limit $1'
const DATABASE_TIMEOUT_MS = 30_000

interface Environment {
  readonly DATABASE_URL: string
  readonly DATABASE_FETCH_ENDPOINT: string
  readonly IDENTITY_KEY: string
}

interface Message {
  readonly id: string | number
  readonly method: string
  readonly params: { readonly name: string; readonly arguments: { readonly message: string; limit: number } }
}

const { listJson } = createRegistry([bench, tasks], new Set(['postgres'])).view(CALLER, EVERYTHING)
let sealFor: ReturnType<typeof createSealer> | undefined

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const { id, method, params } = (await request.json()) as Message
    if (method === 'tools/list') return answer(id, `{"tools":${listJson}}`)
    const data = params.name === 'echo' ? params.arguments : await listTasks(params.arguments.limit, env)
    const text = JSON.stringify({ status: 'success', data })
    return answer(
      id,
      `{"content":[{"type":"text","text":${JSON.stringify(text)}}],"structuredContent":${text}}`,
    )
  },
}

function answer(id: string | number, result: string): Response {
  return new Response(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${result}}`, {
    headers: { 'content-type': 'application/json' },
  })
}

/** The same transaction in one request: the seal, then the statement. */
async function listTasks(limit: number, env: Environment): Promise<unknown> {
  sealFor ??= createSealer(env.IDENTITY_KEY)
  const seal = await sealFor(CALLER, Date.now())
  const queries = [
    { query: 'select rowgate.enter($1, $2, $3)', params: [seal, 'read', String(DATABASE_TIMEOUT_MS)] },
    { query: LIST_TASKS_SQL, params: [String(limit + 1)] },
  ]
  const response = await fetch(env.DATABASE_FETCH_ENDPOINT, {
    method: 'POST',
    headers: {
      'Neon-Connection-String': env.DATABASE_URL,
      'Neon-Raw-Text-Output': 'true',
      'Neon-Array-Mode': 'true',
      'Neon-Batch-Read-Only': 'true',
    },
    body: JSON.stringify({ queries }),
  })
  const { results } = (await response.json()) as { results: { rows: unknown[] }[] }
  return results[1]?.rows
}
