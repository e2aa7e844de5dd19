/**
 * A database endpoint that costs next to nothing: it asks the real one once and gives that answer to every request of the kind. What
 * is measured over it is the caller's own work, not Postgres'.
 */

interface Environment {
  readonly DATABASE_FETCH_ENDPOINT: string
}

/** A batch is a call's own transaction, a single statement the audit rows of many. */
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
