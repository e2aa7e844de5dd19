/** The parameters of a request: a query string, or a form of limited size. */

/** In bytes. A form holds a client id, a state and a code challenge; a registration a few URIs. */
export const MAX_BODY_BYTES = 16_384

export type Parameters = ReadonlyMap<string, string>

/** `undefined` if one is given twice (OAuth 2.1 §3.1). An empty one counts as left out. */
export function readParameters(parameters: URLSearchParams): Parameters | undefined {
  const found = new Map<string, string>()
  for (const [name, value] of parameters) {
    if (found.has(name)) return undefined
    found.set(name, value)
  }
  for (const [name, value] of found) if (value === '') found.delete(name)
  return found
}

/** `undefined` if the body is no form, or too large. */
export async function readForm(request: Request): Promise<URLSearchParams | undefined> {
  const type = request.headers.get('content-type') ?? ''
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type)) return undefined
  const text = await readText(request)
  return text === undefined ? undefined : new URLSearchParams(text)
}

/** `undefined` if the body is larger than `MAX_BODY_BYTES`. */
export async function readText(request: Request): Promise<string | undefined> {
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) return undefined
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
