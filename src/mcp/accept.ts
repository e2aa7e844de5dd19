/**
 * Content negotiation: the media types that a client accepts (Accept header, RFC 9110 §12.5.1), JSON or an
 * event stream.
 */

export interface AcceptedTypes {
  readonly json: boolean
  readonly stream: boolean
}

/** The value that MCP requires of every client, and that most send to the letter. */
export const USUAL_ACCEPT = 'application/json, text/event-stream'
const BOTH: AcceptedTypes = { json: true, stream: true }

/** A request without Accept takes anything. */
export function readAccept(header: string | null): AcceptedTypes {
  if (header === USUAL_ACCEPT || header === null || header.trim() === '') return BOTH
  const weights = new Map(header.toLowerCase().split(',').map(readRange))
  return {
    json: takes(weights, 'application', 'json'),
    stream: takes(weights, 'text', 'event-stream'),
  }
}

/** A media range and its weight. Other parameters are ignored: we serve no variant that they could select. */
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

/** The same response as a stream of one event, for a client that accepts nothing else. */
export async function asEventStream(response: Response): Promise<Response> {
  if (!response.ok || response.headers.get('content-type')?.startsWith('application/json') !== true)
    return response
  const headers = { 'content-type': 'text/event-stream', 'cache-control': 'no-store' }
  return new Response(`event: message\ndata: ${await response.text()}\n\n`, { headers })
}
