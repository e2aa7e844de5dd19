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

export interface FlyOptions {
  /** Called with the bytes of each row; it may throw. */
  readonly onRow?: (bytes: number) => void
  /** A script for the simple protocol that is sent behind, and that the answers do not wait for. */
  readonly afterwards?: string
}

export interface InFlight {
  /** One result per statement, or the first error, once the server has answered the segments. */
  readonly answers: Promise<Flown[]>
  /** Resolves when the script has been run as well, whatever the answers were. */
  readonly landed: Promise<unknown>
}

/** Takes a client that is connected and idle. */
export function fly(
  { serialize }: Pick<Driver, 'serialize'>,
  client: Pick<Client, 'query'>,
  segments: readonly (readonly FlightStatement[])[],
  { onRow = () => undefined, afterwards }: FlyOptions = {},
): InFlight {
  // Serialised before anything is sent: a value without a text form would leave half a flight on the
  // connection.
  const messages = segments.map((segment) => write(serialize, segment))
  if (afterwards !== undefined) messages.push(serialize.query(afterwards))
  const answers = segments.map((segment) => read(segment, onRow))
  const script = read([], () => undefined)
  const readers = [...answers, ...(afterwards === undefined ? [] : [script])]
  // The first one sends everything. The driver is given the next when the server has answered a Sync: one
  // that waits behind another is deprecated.
  const ask = (at: number) => {
    const reader = readers[at]
    if (reader === undefined) return
    const submit = ({ stream }: Submitted) => void (at === 0 && stream.write(Buffer.concat(messages)))
    client.query({ submit, ...reader.handlers(() => ask(at + 1)) })
  }
  ask(0)
  const last = afterwards === undefined ? undefined : script.results
  last?.catch(() => undefined)
  const all = allOf(answers.map(({ results }) => results))
  return { answers: all, landed: last ?? all }
}

/** All of them, or the first error after all have come. */
async function allOf(segments: readonly Promise<Flown[]>[]): Promise<Flown[]> {
  await Promise.allSettled(segments)
  return (await Promise.all(segments)).flat()
}

interface Submitted {
  readonly stream: { write(bytes: Uint8Array): unknown; destroy(): unknown }
}

function write(serialize: Driver['serialize'], segment: readonly FlightStatement[]): Buffer {
  const messages = segment.flatMap(({ text, parameters }) => [
    serialize.parse({ text }),
    serialize.bind({ values: parameters.map(parameterText) }),
    serialize.describe({ type: 'P' }),
    serialize.execute({}),
  ])
  return Buffer.concat([...messages, serialize.sync()])
}

interface Reader {
  readonly results: Promise<Flown[]>
  /** The driver's callbacks for the server's messages about one segment; its types leave these out. */
  handlers(end: () => void): object
}

function read(statements: readonly FlightStatement[], onRow: (bytes: number) => void): Reader {
  const { promise, resolve, reject } = Promise.withResolvers<Flown[]>()
  const results: Flown[] = []
  const errors: unknown[] = []
  let fields: Flown['fields'] = []
  let parsers: ((text: string) => unknown)[] = []
  let rows: unknown[][] = []
  const complete = (tag: string) => {
    results.push({ fields, rows, ...readTag(tag) })
    fields = []
    rows = []
  }
  const settle = () => (errors.length > 0 ? reject(errors[0]) : resolve(results))
  const handlers = (end: () => void) => ({
    handleRowDescription(message: { readonly fields: Flown['fields'] }) {
      fields = message.fields
      const { parserOf = () => String } = statements[results.length] ?? {}
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
      errors.push(Object.assign(new Error('COPY FROM STDIN is not supported.'), NOT_SUPPORTED))
      stream.destroy()
    },
    handleCopyData: () => undefined,
    handleError(error: unknown) {
      errors.push(error)
      settle()
      end()
    },
    handleReadyForQuery() {
      settle()
      end()
    },
  })
  return { results: promise, handlers }
}

/** As the server would say it. */
const NOT_SUPPORTED = { severity: 'ERROR', code: '0A000' }

/** `INSERT 0 3`, `SELECT 5`, `BEGIN`. */
function readTag(tag: string): Pick<Flown, 'command' | 'rowCount'> {
  const [command = '', ...numbers] = tag.split(' ')
  const count = numbers.at(-1)
  return { command, rowCount: count !== undefined && /^\d+$/.test(count) ? Number(count) : null }
}
