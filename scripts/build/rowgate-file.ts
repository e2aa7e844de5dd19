/** Reads `rowgate.yaml`. An error gives file, line and column, the path, the rule, and what to do. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, type YAMLParseError } from 'yaml'
import type * as z from 'zod'
import { type RowgateFile, rowgateFile, type SourceFile } from '../../src/infra/config/rowgate-file.ts'
import { toolsets as served } from '../../src/toolsets/index.ts'
import { Refusal } from '../cli/cli-error.ts'
import { keysAt, nearest } from './rowgate-file/suggest.ts'

const ROOT = new URL('../../', import.meta.url)
export const ROWGATE_FILE = fileURLToPath(new URL('rowgate.yaml', ROOT))

/** The toolsets and examples that exist, by folder name. */
export interface Known {
  readonly toolsets: readonly string[]
  readonly examples: readonly string[]
}

export function knownToolsets(): Known {
  return { toolsets: foldersIn('src/toolsets/'), examples: foldersIn('src/examples/') }
}

function foldersIn(path: string): string[] {
  const folder = new URL(path, ROOT)
  if (!existsSync(folder)) return []
  const entries = readdirSync(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
}

/** Gives the file at the project's root, or undefined if there is none. Throws a `Refusal`. */
export function readRowgateFile(): RowgateFile | undefined {
  if (!existsSync(ROWGATE_FILE)) return undefined
  return parseRowgateFile(readFileSync(ROWGATE_FILE, 'utf8'), knownToolsets())
}

export function parseRowgateFile(text: string, known: Known): RowgateFile {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const refusal = (offset: number, said: string) => {
    const { line, col } = lines.linePos(offset)
    return new Refusal(`rowgate.yaml:${line}:${col}: ${said}`)
  }
  const [problem] = document.errors
  if (problem !== undefined) {
    throw refusal(problem.pos[0], complaintOfParser(problem, text))
  }
  const parsed = rowgateFile.safeParse(document.toJS() ?? {})
  const complaint = parsed.success ? complaintAbout(parsed.data, known) : complaintOf(parsed.error.issues)
  if (complaint !== undefined) {
    const { path, said } = complaint
    const place = path.length === 0 ? 'the file' : path.map(String).join('.')
    throw refusal(offsetOf(document, path), `${place} ${said}`)
  }
  if (!parsed.success) throw parsed.error
  return parsed.data
}

interface Complaint {
  readonly path: readonly PropertyKey[]
  /** The part of the sentence after the path. */
  readonly said: string
}

function complaintOfParser({ code, message, pos: [offset] }: YAMLParseError, text: string): string {
  if (code !== 'DUPLICATE_KEY') return `this is not YAML: ${message.split(' at line')[0]}.`
  const [key] = /^[^\s:]+/.exec(text.slice(offset)) ?? ['a key']
  return `${key} stands here a second time: give it another name, or leave one out.`
}

/** zod's first issue. In a union, that of the branch that matched furthest. */
function complaintOf(issues: readonly z.core.$ZodIssue[]): Complaint | undefined {
  const [issue] = issues
  if (issue === undefined) return undefined
  if (issue.code === 'invalid_union') {
    const inner = issue.errors.flat().toSorted((a, b) => rank(b) - rank(a))
    const found = complaintOf(inner)
    if (found !== undefined && inner[0] !== undefined && rank(inner[0]) > 0) {
      return { ...found, path: [...issue.path, ...found.path] }
    }
    return { path: issue.path, said: 'has none of the allowed forms: see rowgate.schema.json.' }
  }
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys
    return {
      path: [...issue.path, key],
      said: `is not a known key: ${nearest(key, keysAt(issue.path))}.`,
    }
  }
  return { path: issue.path, said: `${ruleOf(issue)}.` }
}

/** Depth at which a union's branch stopped matching. */
function rank({ code, path }: z.core.$ZodIssue): number {
  return path.length * 2 + (code === 'unrecognized_keys' || code === 'invalid_format' ? 1 : 0)
}

function ruleOf({ message }: z.core.$ZodIssue): string {
  if (message.startsWith('must')) return message
  if (message.endsWith('received undefined')) return 'is missing'
  const [, wanted] = /^Invalid (?:input|option): expected (.*?)(?:, received .*)?$/.exec(message) ?? []
  return wanted === undefined ? `is invalid: ${message}` : `must be ${wanted.replaceAll('|', ', ')}`
}

/** Rules outside the schema: between sources, and unknown names. */
function complaintAbout(
  { sources = {}, toolsets, examples }: RowgateFile,
  known: Known,
): Complaint | undefined {
  if (Object.keys(sources).length > 0 && examples !== undefined) {
    const said = 'is for a database of DATABASE_URL, and `sources` names others: leave one of the two out.'
    return { path: ['examples'], said }
  }
  return (
    complaintAboutSources(Object.entries(sources)) ??
    complaintAboutNames('toolsets', toolsets, known) ??
    complaintAboutNames('examples', examples, known)
  )
}

function complaintAboutSources(sources: readonly (readonly [string, SourceFile])[]): Complaint | undefined {
  const scopes = new Set(served.flatMap(({ tools }) => tools.map(({ scope }) => scope)))
  const connected = new Map<string, string>()
  for (const [name, { connect, tables = {} }] of sources) {
    if (Object.values(tables).every((table) => table === 'deny')) {
      const said = 'shows no table, so nobody can use it: name one in `tables`, or leave the source out.'
      return { path: ['sources', name], said }
    }
    // With several sources, each has a scope of its own.
    if (sources.length > 1 && scopes.has(`${name}:read`)) {
      const said = `has the name of a tool's scope, \`${name}:read\`, which would also let a caller read this source: give it another name.`
      return { path: ['sources', name], said }
    }
    const other = connected.get(connect)
    if (other !== undefined) {
      const said = `is ${connect}, as for \`${other}\`: the tables of one database are one source, so name them all under \`${other}\`.`
      return { path: ['sources', name, 'connect'], said }
    }
    connected.set(connect, name)
  }
  return undefined
}

function complaintAboutNames(
  list: 'toolsets' | 'examples',
  names: readonly string[] = [],
  known: Known,
): Complaint | undefined {
  for (const [at, name] of names.entries()) {
    const path = [list, at]
    if (!known[list].includes(name)) {
      return { path, said: `names "${name}", which does not exist: ${nearest(name, known[list])}.` }
    }
    if (names.indexOf(name) < at) return { path, said: `names "${name}" a second time: leave one out.` }
  }
  return undefined
}

/** Offset of the path in the text, or of its deepest part that exists. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const parent = document.getIn(path.slice(0, length - 1), true)
    const key = path[length - 1]
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && item.key.value === key)
      : undefined
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0]
    const node = document.getIn(path.slice(0, length), true)
    if (isNode(node) && node.range) return node.range[0]
  }
  return 0
}
