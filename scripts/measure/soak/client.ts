/** A client of the soak: creates, reads, changes and deletes its own tasks, and checks every answer. */

import * as z from 'zod'
import type { Envelope, SoakSession } from './session.ts'

export interface SoakTask {
  readonly title: string
  readonly description: string | null
  readonly completed: boolean
}

export interface ClientOptions {
  readonly session: SoakSession
  /** Marks the titles of its own tasks: letters and digits. */
  readonly tag: string
  /** Prefix of the titles of its user's tasks. */
  readonly userTag: string
  readonly random: () => number
  /** Id of another user's task, if there is one yet. */
  foreign(): string | undefined
  /** Reports the id of a task that it created. */
  made(id: string): void
  /** Reports a wrong answer. */
  wrong(what: string): void
}

export interface SoakClient {
  /** One call, or a few that belong together. */
  step(): Promise<void>
  /** The tasks that must exist at the end, by id. */
  readonly tasks: ReadonlyMap<string, SoakTask>
}

/** Above this number of open tasks it deletes instead of creating, so that one page holds them all. */
const MOST_TASKS = 40
const PAGE = 100
/**
 * Share of creates that are repeated with the same idempotency key, as by a client that lost the response.
 */
const REPEATED = 0.3

const task = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  completed: z.boolean(),
})
const page = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.unknown())),
  truncated: z.boolean(),
})

/** Relative frequency of each action. */
const HABITS = [
  ['add', 30],
  ['get', 15],
  ['list', 12],
  ['listAll', 5],
  ['update', 13],
  ['complete', 8],
  ['remove', 12],
  ['trespass', 5],
] as const

export function createClient(options: ClientOptions): SoakClient {
  const { session, tag, userTag, random, foreign, made, wrong } = options
  const tasks = new Map<string, SoakTask>()
  let count = 0

  function pick(): [string, SoakTask] | undefined {
    const all = [...tasks]
    return all[Math.floor(random() * all.length)]
  }

  /** The task in a success response. */
  function taskIn(what: string, { status, data, error }: Envelope): z.output<typeof task> | undefined {
    const parsed = task.safeParse(data)
    if (status === 'success' && parsed.success) return parsed.data
    wrong(`${tag}: ${what} was answered ${error?.code ?? status}: ${error?.message ?? JSON.stringify(data)}`)
    return undefined
  }

  function compare(what: string, id: string, wanted: SoakTask, answer: Envelope): void {
    const got = taskIn(what, answer)
    if (got !== undefined && textOf(got.id, got) !== textOf(id, wanted)) {
      wrong(`${tag}: ${what} answered ${textOf(got.id, got)}, not ${textOf(id, wanted)}`)
    }
  }

  async function add(): Promise<void> {
    count += 1
    const wanted: SoakTask = {
      title: `${userTag} ${tag} number ${count}`,
      description: random() < 0.5 ? null : `What ${tag} does as number ${count}: 100 % of "it's" 漢字`,
      completed: false,
    }
    const args = {
      title: wanted.title,
      ...(wanted.description !== null && { description: wanted.description }),
      idempotency_key: `${tag}-${count}`,
    }
    const first = taskIn('add_task', await session.call('add_task', args))
    if (first === undefined) return
    compare('add_task', first.id, wanted, { status: 'success', data: first })
    tasks.set(first.id, wanted)
    made(first.id)
    if (random() < REPEATED) compare('add_task again', first.id, wanted, await session.call('add_task', args))
  }

  async function get(): Promise<void> {
    const [id, wanted] = pick() ?? []
    if (id === undefined || wanted === undefined) return add()
    compare('get_task', id, wanted, await session.call('get_task', { task_id: id }))
  }

  async function list(): Promise<void> {
    const rows = await listed({ text: `${tag} number`, limit: PAGE })
    if (rows === undefined) return
    const got = rows.map(({ id, ...row }) => textOf(id, row)).sort()
    const wanted = [...tasks].map(([id, mine]) => textOf(id, mine)).sort()
    if (got.join('\n') !== wanted.join('\n'))
      wrong(`${tag}: list_tasks shows ${got.length} of ${wanted.length} tasks`)
  }

  async function listAll(): Promise<void> {
    const rows = (await listed({ limit: PAGE })) ?? []
    const strange = rows.find(({ title }) => !title.startsWith(`${userTag} `))
    if (strange !== undefined) wrong(`${tag}: list_tasks shows a task of another user: ${strange.title}`)
  }

  async function listed(
    args: Readonly<Record<string, unknown>>,
  ): Promise<z.output<typeof task>[] | undefined> {
    const { status, data, error } = await session.call('list_tasks', args)
    const parsed = page.safeParse(data)
    if (status !== 'success' || !parsed.success) {
      wrong(`${tag}: list_tasks was answered ${error?.code ?? status}: ${error?.message}`)
      return undefined
    }
    const { columns, rows } = parsed.data
    return rows.map((row) => task.parse(Object.fromEntries(columns.map((name, at) => [name, row[at]]))))
  }

  async function change(tool: string, changes: Partial<SoakTask>): Promise<void> {
    const [id, before] = pick() ?? []
    if (id === undefined || before === undefined) return add()
    const wanted = { ...before, ...changes }
    tasks.set(id, wanted)
    const { description, ...rest } = changes
    // A null argument counts as left out, so `clear` names what is to be emptied.
    const described = description === null ? { clear: ['description'] } : { description }
    const args = tool === 'update_task' ? { task_id: id, ...rest, ...described } : { task_id: id }
    compare(tool, id, wanted, await session.call(tool, args))
  }

  async function remove(): Promise<void> {
    const [id] = pick() ?? []
    if (id === undefined) return add()
    tasks.delete(id)
    const { status, error } = await session.call('delete_task', { task_id: id })
    if (status !== 'success') wrong(`${tag}: delete_task was answered ${error?.code}`)
    await absent('a deleted task', id)
  }

  async function trespass(): Promise<void> {
    const id = foreign()
    if (id === undefined) return get()
    await absent("another user's task", id)
    const { error } = await session.call('update_task', { task_id: id, title: 'taken' })
    if (error?.code !== 'NOT_FOUND') wrong(`${tag}: changing another user's task was answered ${error?.code}`)
  }

  async function absent(what: string, id: string): Promise<void> {
    const { status, error } = await session.call('get_task', { task_id: id })
    if (error?.code !== 'NOT_FOUND') wrong(`${tag}: ${what} was answered ${error?.code ?? status}`)
  }

  const acts = {
    add: () => (tasks.size >= MOST_TASKS ? remove() : add()),
    get,
    list,
    listAll,
    update: () =>
      change('update_task', {
        title: `${userTag} ${tag} number ${count} again`,
        ...(random() < 0.5 && { description: random() < 0.5 ? null : 'Said anew' }),
        ...(random() < 0.5 && { completed: random() < 0.5 }),
      }),
    complete: () => change('complete_task', { completed: true }),
    remove,
    trespass,
  }

  return { step: () => acts[habit(random())](), tasks }
}

function habit(dice: number): keyof Record<(typeof HABITS)[number][0], unknown> {
  let left = dice * HABITS.reduce((sum, [, share]) => sum + share, 0)
  for (const [name, share] of HABITS) {
    if (left < share) return name
    left -= share
  }
  return 'add'
}

/** A task as text, for comparison and messages. */
export function textOf(id: string, { title, description, completed }: SoakTask): string {
  return JSON.stringify([id, title, description, completed])
}
