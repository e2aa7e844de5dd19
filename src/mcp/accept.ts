/**
 * Which forms of an answer a client takes, by its Accept header (RFC 9110 §12.5.1): JSON, or a stream of
 * events.
 */

export interface AcceptedTypes {
  readonly json: boolean
  readonly stream: boolean
}

/** What every MCP client is to send, and most do to the letter. */
export const USUAL_ACCEPT = 'application/json, text/event-stream'
const BOTH: AcceptedTypes = { json: true, stream: true }

/** A client that says nothing takes anything. */
export function readAccept(header: string | null): AcceptedTypes {
  if (header === USUAL_ACCEPT || header === null || header.trim() === '') return BOTH
  const weights = new Map(header.toLowerCase().split(',').map(readRange))
  return {
    json: takes(weights, 'application', 'json'),
    stream: takes(weights, 'text', 'event-stream'),
  }
}

/** A media range and its weight; other parameters narrow it to nothing that is served otherwise. */
function readRange(text: string): [range: string, weight: number] {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim())
  const weight = parameters.find((parameter) => /^q *=/.test(parameter))?.split('=')[1]
  return [range, weight === undefined ? 1 : Number(weight)]
}

/** The most specific range decides, and a weight of 0 says no. */
function takes(weights: ReadonlyMap<string, number>, type: string, subtype: string): boolean {
  const weight = weights.get(`${type}/${subtype}`) ?? weights.get(`${type}/*`) ?? weights.get('*/*') ?? 0
  return weight > 0
}

/** The same answer as the only message of a stream, for a client that takes nothing else. */
export async function asEventStream(response: Response): Promise<Response> {
  if (!response.ok || response.headers.get('content-type')?.startsWith('application/json') !== true)
    return response
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(`event: message\ndata: ${await response.text()}\n\n`, { headers })
}
