/**
 * A MongoDB for tests: a server of the wire protocol over in-memory collections, with login, unique indexes,
 * and the operators that the guard must refuse (`$where`, `$function`, `$lookup`). With MONGODB_URL it is a
 * real server.
 */

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { type Document, Long } from 'bson'
import { aggregate, find, ProcessingMode, Query } from 'mingo'
import { MongoClient } from 'mongodb'
import { listen } from '../../../scripts/check/listen.ts'
import type { Certificate } from './certificate-authority.ts'
import { serveWire } from './mongodb-wire.ts'
import { type Scram, startScram } from './scram.ts'

export interface TestMongo {
  readonly url: string
  /** A URL with a wrong password. */
  readonly wrongUrl: string
  /** Number of open connections. Undefined for a real server, which may have other clients. */
  connections(): number | undefined
  close(): Promise<void>
}

export interface LocalMongo extends TestMongo {
  readonly port: number
  connections(): number
  /** Resolves once a command with this name arrives. It and later ones are not answered. */
  hold(name: string): Promise<void>
  /** Answers commands again from now on. */
  release(): void
  /** Makes the server read its certificate again. */
  reloadCertificate(): void
  /** Closes all connections and accepts no more. */
  kill(): Promise<void>
}

const USER = 'rowgate'
const PASSWORD = randomBytes(12).toString('hex')
const DUPLICATE_KEY = 11000
const AUTHENTICATION_FAILED = 18
const UNAUTHORIZED = 13
const COMMAND_NOT_FOUND = 59
/** One of the error codes that MongoDB's operators raise. */
const ASSERTION = 17000

export async function startMongo(): Promise<TestMongo> {
  const url = process.env.MONGODB_URL
  return url === undefined ? startLocalMongo() : realMongo(url)
}

/** A new database on the real server, dropped at the end. */
async function realMongo(server: string): Promise<TestMongo> {
  const url = server.replace(
    /^(mongodb(?:\+srv)?:\/\/[^/]+)(?:\/[^?]*)?/,
    `$1/test_${randomBytes(6).toString('hex')}`,
  )
  return {
    url,
    wrongUrl: url.replace(/\/\/(?:[^@/]*@)?/, '//nobody:wrong@'),
    connections: () => undefined,
    async close() {
      const client = new MongoClient(url)
      await client.db().dropDatabase()
      await client.close()
    },
  }
}

interface Index {
  readonly key: Document
  readonly unique?: boolean
  readonly partialFilterExpression?: Document
}

interface Stored {
  readonly documents: Document[]
  readonly indexes: Index[]
}

/** With a certificate it accepts only TLS. */
export async function startLocalMongo(certificate?: Certificate): Promise<LocalMongo> {
  const collections = new Map<string, Stored>()
  const sockets = new Set<Socket>()
  let held: { name: string; came: () => void } | undefined

  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    const login = startLogin()
    serveWire(socket, async (command) => {
      const name = Object.keys(command)[0] ?? ''
      if (held?.name === name) {
        held.came()
        await new Promise(() => undefined)
      }
      return login(name, command) ?? execute(collections, name, command)
    })
  }
  const secured = certificate && createTlsServer(readPem(certificate), serve)
  const server = secured ?? createServer(serve)
  const port = await listen(server)
  const at = (password: string) => `mongodb://${USER}:${password}@127.0.0.1:${port}/people`
  async function kill(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await new Promise((resolve) => server.close(resolve))
  }
  return {
    url: at(PASSWORD),
    wrongUrl: at('wrong'),
    port,
    connections: () => sockets.size,
    hold: (name) =>
      new Promise((came) => {
        held = { name, came }
      }),
    release() {
      held = undefined
    },
    reloadCertificate: () => certificate && secured?.setSecureContext(readPem(certificate)),
    kill,
    close: kill,
  }
}

function readPem({ cert, key }: Certificate): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(cert), key: readFileSync(key) }
}

/** Answers the commands of a login and refuses others before it. Undefined when the command may run. */
function startLogin(): (name: string, command: Document) => Document | undefined {
  let scram: Scram | undefined
  let loggedIn = false
  return (name, command) => {
    if (/^(hello|ismaster)$/i.test(name)) return GREETING
    if (name === 'saslStart') {
      scram = startScram(USER, PASSWORD)
      return conversation(scram.first(payloadOf(command)), false)
    }
    if (name === 'saslContinue') {
      const answer = loggedIn ? '' : scram?.final(payloadOf(command))
      if (answer === undefined) return failure(AUTHENTICATION_FAILED, 'Authentication failed.')
      loggedIn = true
      return conversation(answer, true)
    }
    return loggedIn ? undefined : failure(UNAUTHORIZED, 'Command requires authentication')
  }
}

const GREETING: Document = {
  ok: 1,
  ismaster: true,
  isWritablePrimary: true,
  helloOk: true,
  minWireVersion: 0,
  maxWireVersion: 21,
  maxBsonObjectSize: 16_777_216,
  maxMessageSizeBytes: 48_000_000,
  maxWriteBatchSize: 100_000,
  logicalSessionTimeoutMinutes: 30,
  saslSupportedMechs: ['SCRAM-SHA-256'],
}

function payloadOf({ payload }: Document): string {
  return Buffer.from(payload.buffer ?? payload)
    .subarray(0, payload.length?.())
    .toString()
}

function conversation(payload: string, done: boolean): Document {
  return { ok: 1, conversationId: 1, done, payload: Buffer.from(payload) }
}

function failure(code: number, errmsg: string): Document {
  return { ok: 0, code, errmsg }
}

function execute(collections: Map<string, Stored>, name: string, command: Document): Document {
  const key = `${command.$db}.${command[name]}`
  const stored = collections.get(key) ?? { documents: [], indexes: [] }
  collections.set(key, stored)
  const elsewhere = (other: string) => collections.get(`${command.$db}.${other}`)?.documents ?? []
  try {
    switch (name) {
      case 'createIndexes':
        stored.indexes.push(...command.indexes)
        return { ok: 1 }
      case 'insert':
        return insert(stored, command.documents)
      case 'find':
        return cursor(key, matching(stored, command))
      case 'aggregate':
        return cursor(
          key,
          aggregate(stored.documents, command.pipeline, {
            collectionResolver: elsewhere,
            processingMode: ProcessingMode.CLONE_INPUT,
          }),
        )
      case 'ping':
      case 'endSessions':
      case 'killCursors':
        return { ok: 1 }
      default:
        return failure(COMMAND_NOT_FOUND, `no such command: '${name}'`)
    }
  } catch (error) {
    return failure(ASSERTION, String(error))
  }
}

function matching({ documents }: Stored, { filter, sort, skip, limit, projection }: Document): Document[] {
  const found = find<Document>(documents, filter ?? {}, projection ?? {})
  if (sort !== undefined) found.sort(sort instanceof Map ? Object.fromEntries(sort) : sort)
  return found
    .skip(skip ?? 0)
    .limit(limit ?? Number.MAX_SAFE_INTEGER)
    .all()
}

function insert({ documents, indexes }: Stored, added: Document[]): Document {
  for (const document of added) {
    const broken = [{ key: { _id: 1 }, unique: true }, ...indexes].find((index) =>
      clashes(index, document, documents),
    )
    if (broken !== undefined) {
      const errmsg = `E11000 duplicate key error dup key: ${JSON.stringify(document)}`
      return { ok: 1, n: 0, writeErrors: [{ index: 0, code: DUPLICATE_KEY, errmsg, keyPattern: broken.key }] }
    }
    documents.push(document)
  }
  return { ok: 1, n: added.length }
}

function clashes(
  { key, unique, partialFilterExpression = {} }: Index,
  added: Document,
  others: Document[],
): boolean {
  const covers = new Query(partialFilterExpression)
  if (unique !== true || !covers.test(added)) return false
  const same = Object.fromEntries(Object.keys(key).map((path) => [path, { $eq: valueAt(added, path) }]))
  return others.some((other) => covers.test(other) && new Query(same).test(other))
}

function valueAt(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => Object(value)[name], document)
}

function cursor(ns: string, firstBatch: Document[]): Document {
  return { ok: 1, cursor: { id: Long.fromNumber(0), ns, firstBatch } }
}
