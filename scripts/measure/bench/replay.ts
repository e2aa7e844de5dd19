/**
 * A database endpoint that costs almost nothing: it asks the real one once and repeats that response for
 * every request of the same kind. Over it, only the Worker's own work is measured, not Postgres'.
 */

interface Environment {
  readonly DATABASE_FETCH_ENDPOINT: string
}

/**
 * Key: whether it is a batch. A batch is a call's transaction; a single statement is a batch of audit rows.
 */
const known = new Map<boolean, string>()

export default {
  async fetch(request: Request, env: Environment): Promise<Response> {
    const body = await request.text()
    const batch = body.startsWith('{"queries"')
    const answer = known.get(batch) ?? (await ask(env.DATABASE_FETCH_ENDPOINT, request.headers, body))
    known.set(batch, answer)
    return new Response(answer, { headers: { 'content-type': 'application/json' } })
  },
}

async function ask(endpoint: string, headers: Headers, body: string): Promise<string> {
  const response = await fetch(endpoint, { method: 'POST', headers, body })
  if (!response.ok) throw new Error(`The database answered ${response.status}: ${await response.text()}`)
  return response.text()
}
