/**
 * A flight: statements that are written to one connection of `pg` at once, and their answers (pipelining).
 * One Sync ends each segment: after a failed statement the server skips the rest of its segment, so nothing
 * runs after a BEGIN that failed.
 */

import type * as drivers from '#drivers'
import type { Result } from './driver.ts'
import { parameterText } from './parameter-text.ts'

export type Driver = Awaited<ReturnType<typeof drivers.pg>>
export type Client = InstanceType<Driver['Client']>

export interface FlightStatement {
  readonly text: string
  readonly parameters: readonly unknown[]
  /** The parser for values of this type. */
  readonly parserOf: (typeOid: number) => (text: string) => unknown
}

export interface Flown extends Pick<Result, 'fields' | 'command'> {
  readonly rows: unknown[][]
  /** Null for a statement without rows. */
  readonly rowCount: number | null
}

/**
 * Takes a client that is connected and idle. Returns one result per statement, or throws the first error
 * after the server has answered everything. `onRow` is called with the bytes of each row, and may throw.
 */
export function fly(
  { serialize }: Pick<Driver, 'serialize'>,
  client: Client,
  segments: readonly (readonly FlightStatement[])[],
  onRow: (bytes: number) => void = () => undefined,
): Promise<Flown[]> {
  const { promise, resolve, reject } = Promise.withResolvers<Flown[]>()
  // Serialised before anything is sent: a value without a text form would leave half a flight on the
  // connection.
  const written = write(serialize, segments)
  const results: Flown[] = []
  const errors: unknown[] = []
  let unanswered = segments.length
  const end = () => {
    unanswered -= 1
    if (unanswered > 0) return
    if (errors.length > 0) reject(errors[0])
    else resolve(results)
  }
  for (const [at, segment] of segments.entries()) {
    // The first segment sends everything; the driver turns to the next when the server has answered a Sync.
    const submit = ({ stream }: Submitted) => void (at === 0 && stream.write(written))
    client.query({ submit, ...reader(segment, { results, errors, onRow, end }) })
  }
  return promise
}

interface Submitted {
  readonly stream: { write(bytes: Uint8Array): unknown; destroy(): unknown }
}

function write(
  serialize: Driver['serialize'],
  segments: readonly (readonly FlightStatement[])[],
): Uint8Array {
  const messages = segments.flatMap((segment) => [
    ...segment.flatMap(({ text, parameters }) => [
      serialize.parse({ text }),
      serialize.bind({ values: parameters.map(parameterText) }),
      serialize.describe({ type: 'P' }),
      serialize.execute({}),
    ]),
    serialize.sync(),
  ])
  return Buffer.concat(messages)
}

interface Answers {
  readonly results: Flown[]
  readonly errors: unknown[]
  readonly onRow: (bytes: number) => void
  readonly end: () => void
}

/** The driver's callbacks for the server's messages about one segment; its types leave these out. */
function reader(statements: readonly FlightStatement[], { results, errors, onRow, end }: Answers) {
  let at = 0
  let fields: Flown['fields'] = []
  let parsers: ((text: string) => unknown)[] = []
  let rows: unknown[][] = []
  const complete = (tag: string) => {
    results.push({ fields, rows, ...readTag(tag) })
    fields = []
    rows = []
    at += 1
  }
  return {
    handleRowDescription(message: { readonly fields: Flown['fields'] }) {
      fields = message.fields
      const { parserOf = () => String } = statements[at] ?? {}
      parsers = fields.map(({ dataTypeID }) => parserOf(dataTypeID))
    },
    handleDataRow(message: { readonly length: number; readonly fields: readonly (string | null)[] }) {
      // Rows after a refused one are dropped.
      if (errors.length > 0) return
      try {
        onRow(message.length)
        rows.push(message.fields.map((text, column) => (text === null ? null : parsers[column]?.(text))))
      } catch (error) {
        errors.push(error)
      }
    },
    handleCommandComplete: ({ text }: { readonly text: string }) => complete(text),
    handleEmptyQuery: () => complete(''),
    // COPY has its own protocol, in which the server takes no other message.
    handleCopyInResponse({ stream }: Submitted) {
      errors.push(new Error('COPY FROM STDIN is not supported.'))
      stream.destroy()
    },
    handleCopyData: () => undefined,
    handleError(error: unknown) {
      errors.push(error)
      end()
    },
    handleReadyForQuery: end,
  }
}

/** `INSERT 0 3`, `SELECT 5`, `BEGIN`. */
function readTag(tag: string): Pick<Flown, 'command' | 'rowCount'> {
  const [command = '', ...numbers] = tag.split(' ')
  const count = numbers.at(-1)
  return { command, rowCount: count !== undefined && /^\d+$/.test(count) ? Number(count) : null }
}
