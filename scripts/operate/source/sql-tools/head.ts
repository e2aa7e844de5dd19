/**
 * The head of a SQL tool's file, in comment lines: `-- description: …`, `-- param since date optional: …`. A
 * line that begins with two spaces goes on with the one before.
 */

import type { Confirm } from '../../../../src/infra/config/lock-file.ts'
import { nearestNames } from '../../../../src/infra/nearest.ts'
import { readConfirm } from '../views/lock.ts'
import { ToolProblem } from './problem.ts'

export interface Head {
  readonly name: string | undefined
  readonly title: string | undefined
  readonly description: string
  readonly parameters: readonly HeadParameter[]
  readonly scope: string | undefined
  readonly cacheSeconds: number | undefined
  readonly writes: boolean
  readonly confirm: Confirm | undefined
  readonly annotations: Annotations | undefined
}

export interface HeadParameter {
  readonly name: string
  readonly line: number
  /** As it was written; without it Postgres says what it is. */
  readonly type: string | undefined
  readonly optional: boolean
  readonly from: string | undefined
  readonly description: string
}

type Hint = 'destructiveHint' | 'idempotentHint' | 'openWorldHint'
type Annotations = Readonly<Record<Hint, boolean>>

interface Entry {
  readonly line: number
  readonly key: string
  readonly value: string
}

const KEYS = ['name', 'title', 'description', 'param', 'scope', 'cache', 'writes', 'confirm', 'annotations']
const DAY_S = 86_400
const DESCRIPTION_MAX_CHARACTERS = 1_000
const IDENTITY = /^(?:tenant|user|(?:user|claim)\.[A-Za-z_]\w*)$/
const CONFIRM = /^(?:always|never|over [1-9]\d{0,5} rows)$/
const HINTS: ReadonlyMap<string, Hint> = new Map([
  ['destructive', 'destructiveHint'],
  ['idempotent', 'idempotentHint'],
  ['open world', 'openWorldHint'],
])

/** Reads the head. `bodyLine` is the line, from 1, at which the statement begins. Throws `ToolProblem`. */
export function readHead(text: string): { readonly head: Head; readonly bodyLine: number } {
  const lines = text.split(/\r?\n/)
  const end = lines.findIndex((line) => line.trim() !== '' && !line.trimStart().startsWith('--'))
  if (end === -1) throw new ToolProblem(1, 'there is no statement below the comments')
  const entries = entriesOf(lines.slice(0, end))
  const one = (key: string) => onlyOne(entries, key)
  const description = one('description')
  if (description === undefined) throw new ToolProblem(1, 'it needs a line `-- description: …` for a model')
  if (description.value.length > DESCRIPTION_MAX_CHARACTERS) {
    throw new ToolProblem(
      description.line,
      `a description has at most ${DESCRIPTION_MAX_CHARACTERS} characters`,
    )
  }
  const head = {
    name: one('name')?.value,
    title: one('title')?.value,
    description: description.value,
    parameters: parametersOf(entries),
    scope: scopeOf(one('scope')),
    cacheSeconds: secondsOf(one('cache')),
    writes: flagOf(one('writes')),
    confirm: confirmOf(one('confirm')),
    annotations: annotationsOf(one('annotations')),
  }
  if (head.writes && head.cacheSeconds !== undefined) {
    throw new ToolProblem(one('cache')?.line ?? 1, 'what writes is not cached')
  }
  if (!head.writes && head.confirm !== undefined) {
    throw new ToolProblem(one('confirm')?.line ?? 1, 'only what writes is confirmed')
  }
  return { head, bodyLine: end + 1 }
}

function entriesOf(lines: readonly string[]): readonly Entry[] {
  const entries: Entry[] = []
  for (const [at, line] of lines.entries()) {
    const said = line.trimStart().replace(/^--/, '')
    const last = entries.at(-1)
    const [, key = '', value = ''] = /^ ?([a-z]+)\b(.*)$/s.exec(said) ?? []
    if (/^ {2,}\S/.test(said) && last !== undefined) {
      entries[entries.length - 1] = { ...last, value: `${last.value} ${said.trim()}`.trim() }
    } else if (KEYS.includes(key) && value.includes(':')) {
      entries.push({
        line: at + 1,
        key,
        value: key === 'param' ? value.trim() : value.replace(/^\s*:/, '').trim(),
      })
    } else if (/^ ?[a-z]+:/.test(said)) {
      const [meant] = nearestNames(key, KEYS)
      const advice = meant === undefined ? `there are ${KEYS.join(', ')}` : `did you mean \`${meant}\`?`
      throw new ToolProblem(at + 1, `\`${key}\` is not known here: ${advice}`)
    }
  }
  return entries
}

function onlyOne(entries: readonly Entry[], key: string): Entry | undefined {
  const [first, second] = entries.filter((entry) => entry.key === key)
  if (second !== undefined) throw new ToolProblem(second.line, `\`${key}\` stands twice`)
  if (first?.value === '') throw new ToolProblem(first.line, `\`${key}\` is empty`)
  return first
}

function parametersOf(entries: readonly Entry[]): readonly HeadParameter[] {
  const parameters = entries.filter(({ key }) => key === 'param').map(parameterOf)
  const twice = parameters.find(({ name }, at) => parameters.findIndex((each) => each.name === name) < at)
  if (twice !== undefined) throw new ToolProblem(twice.line, `the parameter \`${twice.name}\` stands twice`)
  return parameters
}

function parameterOf({ line, value }: Entry): HeadParameter {
  const [, name, words = '', description = ''] =
    /^([a-z_][a-z0-9_]{0,62})((?:\s[^:]*)?):(.*)$/s.exec(value) ?? []
  if (name === undefined) {
    throw new ToolProblem(
      line,
      'a parameter is `-- param NAME [TYPE] [optional] [from IDENTITY]: what it is`',
    )
  }
  const [, type = '', from] =
    /^(.*?)(?:\bfrom\s+(\S+))?$/s.exec(words.replace(/\boptional\b/, '').trim()) ?? []
  if (from !== undefined && !IDENTITY.test(from)) {
    throw new ToolProblem(line, `\`from\` is tenant, user, user.NAME or claim.NAME, and not \`${from}\``)
  }
  if (from === undefined && description.trim() === '') {
    throw new ToolProblem(line, `\`${name}\` needs a description behind the colon`)
  }
  return {
    ...{ name, line, from, description: description.trim() },
    type: type.trim() === '' ? undefined : type.trim(),
    optional: /\boptional\b/.test(words),
  }
}

function scopeOf(entry: Entry | undefined): string | undefined {
  if (entry !== undefined && !/^[a-z][a-z0-9_.:-]{0,63}$/.test(entry.value)) {
    throw new ToolProblem(entry.line, '`scope` is one such as `billing:read`')
  }
  return entry?.value
}

function secondsOf(entry: Entry | undefined): number | undefined {
  if (entry === undefined) return undefined
  const seconds = Number(/^(\d{1,6})(?: s)?$/.exec(entry.value)?.[1])
  if (seconds >= 1 && seconds <= DAY_S) return seconds
  throw new ToolProblem(entry.line, `\`cache\` is a number of seconds, up to ${DAY_S}`)
}

function flagOf(entry: Entry | undefined): boolean {
  if (entry !== undefined && !/^(?:true|false)$/.test(entry.value)) {
    throw new ToolProblem(entry.line, `\`${entry.key}\` is true or false`)
  }
  return entry?.value === 'true'
}

function confirmOf(entry: Entry | undefined): Confirm | undefined {
  if (entry === undefined) return undefined
  if (!CONFIRM.test(entry.value)) {
    throw new ToolProblem(entry.line, '`confirm` is `always`, `never` or `over N rows`')
  }
  return readConfirm(entry.value)
}

function annotationsOf(entry: Entry | undefined): Annotations | undefined {
  if (entry === undefined) return undefined
  const given = entry.value.split(',').map((word) => {
    const [, not, name = ''] = /^(not )?(.*)$/.exec(word.trim()) ?? []
    const hint = HINTS.get(name)
    if (hint === undefined) {
      throw new ToolProblem(
        entry.line,
        '`annotations` are destructive, idempotent, open world, each with or without `not`',
      )
    }
    return [hint, not === undefined] as const
  })
  return { destructiveHint: false, idempotentHint: false, openWorldHint: false, ...Object.fromEntries(given) }
}
