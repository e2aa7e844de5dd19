/**
 * SQL tools in files: reads them, checks each statement, and has Postgres describe it. A file that is wrong
 * is named with its line, and the others are tools all the same.
 */

import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { SqlParameterLock, SqlToolLock, TableLock } from '../../../src/infra/config/lock-file.ts'
import type { SourceFile } from '../../../src/infra/config/rowgate-file.ts'
import { isBuiltin } from '../../../src/toolkit/builtin-types.ts'
import { toolsets } from '../../../src/with-examples.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { toolFiles } from './file-hash.ts'
import { describeRead } from './sql-tools/describe.ts'
import { type Head, readHead } from './sql-tools/head.ts'
import { ToolProblem } from './sql-tools/problem.ts'
import { readStatement, type Statement, type Write } from './sql-tools/statement.ts'

export interface SqlToolsRequest {
  readonly file: SourceFile
  /** The folder that the file's paths begin at. */
  readonly root: string
  /** The plan of the source's tables. */
  readonly tables: readonly TableLock[]
  /** Whether `up` has made their views, and `owner` may read them. */
  readonly isMade: boolean
  readonly viewSchema: string
  readonly owner: Owner
}

export interface SqlTools {
  readonly tools: readonly SqlToolLock[]
  /** `path:line: reason`. */
  readonly problems: readonly string[]
}

export async function readSqlTools(request: SqlToolsRequest): Promise<SqlTools> {
  const tools: SqlToolLock[] = []
  const problems: string[] = []
  const taken = takenNames(request)
  for (const path of toolFiles(request.file, request.root)) {
    try {
      const tool = await readTool(path, request)
      if (taken.has(tool.name)) throw new ToolProblem(1, `another tool is called \`${tool.name}\``)
      taken.add(tool.name)
      tools.push(tool)
    } catch (error) {
      if (!(error instanceof ToolProblem)) throw error
      problems.push(`${path}:${error.line}: ${error.message}.`)
    }
  }
  return { tools, problems }
}

/** Names of the other tools that the source's callers may have, whatever toolsets are served. */
function takenNames({ tables, viewSchema }: SqlToolsRequest): Set<string> {
  const lock = { fileHash: '', database: '', viewSchema, claims: [], tables, tools: [] }
  const sources = [{ name: '', scope: undefined, lock }]
  const tools = toolsets.flatMap(({ tools, toolsOf }) => [...tools, ...(toolsOf?.(sources) ?? [])])
  return new Set(tools.map(({ name }) => name))
}

async function readTool(path: string, request: SqlToolsRequest): Promise<SqlToolLock> {
  const text = readFileSync(join(request.root, path), 'utf8').replace(/^\uFEFF/, '')
  const { head, bodyLine: line } = readHead(text)
  const name = head.name ?? basename(path, '.sql')
  if (!/^[a-z][a-z0-9_]{0,63}$/.test(name)) {
    throw new ToolProblem(1, `a tool's name is lower-case letters, digits and _, and not \`${name}\``)
  }
  const body = text
    .split(/\r?\n/)
    .slice(line - 1)
    .join('\n')
  const statement = await readStatement({ text: body, line, ...head, ...request })
  const described =
    statement.write === undefined
      ? await describeRead(request.owner, { ...request, statement, line, parameters: head.parameters })
      : describeWrite(head, statement.write)
  return {
    name,
    title: head.title ?? titleOf(name),
    description: sentence(head.description),
    sql: statement.qualified,
    parameters: parametersOf(head, statement, described.parameters),
    columns: described.columns,
    writes: head.writes,
    ...(statement.write && { confirm: head.confirm ?? statement.write.confirm }),
    ...(head.scope === undefined ? {} : { scope: head.scope }),
    ...(head.cacheSeconds === undefined ? {} : { cacheSeconds: head.cacheSeconds }),
    ...(head.annotations === undefined ? {} : { annotations: head.annotations }),
  }
}

/**
 * The types are the head's, since the views that it writes to may not be there yet; `up` prepares it there.
 */
function describeWrite(head: Head, { table, returning }: Write) {
  const parameters = head.parameters.map(({ name, type, line }) => {
    if (type !== undefined) return type
    throw new ToolProblem(
      line,
      `in a tool that writes, \`${name}\` needs its type: \`-- param ${name} text: …\``,
    )
  })
  const columns = returning.flatMap((name) => {
    const column = table.columns.find((each) => each.name === name)
    return column === undefined ? [] : [{ name, type: column.type }]
  })
  return { parameters, columns }
}

function parametersOf(head: Head, { uses }: Statement, types: readonly string[]): SqlParameterLock[] {
  return head.parameters.map(({ name, description, optional, from, line }, at) => {
    const type = types[at] ?? 'text'
    if (!isBuiltin(type) && (uses[at] ?? 0) > 1) {
      throw new ToolProblem(
        line,
        `\`:${name}\` is of the type ${type} and used twice; give it the type text, and cast the column: \`status::text = :${name}\``,
      )
    }
    return {
      ...{ name, type, description },
      ...(optional ? { optional: true as const } : {}),
      ...(from === undefined ? {} : { from }),
    }
  })
}

function titleOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
