/** The name under which one request is found in the log: made only when somebody asks for it. */

/** Where a request's id is kept once it is made: a map of requests would cost each of them more than the id. */
interface Named {
  requestId: string | undefined
}

/** The platform's own id where there is one, so that its log and ours meet. */
const RAY = /^[0-9a-f]{16}(?:-[A-Z]{3})?$/

export function requestIdOf(record: Named, headers: Headers): string {
  record.requestId ??= newRequestId(headers)
  return record.requestId
}

function newRequestId(headers: Headers): string {
  const ray = headers.get('cf-ray')
  return ray !== null && RAY.test(ray) ? ray : crypto.randomUUID()
}
