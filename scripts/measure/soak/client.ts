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

export class SoakClient {
  /** The tasks that must exist at the end, by id. */
  readonly tasks = new Map<string, SoakTask>()
  readonly #options: ClientOptions
  #count = 0
  readonly #acts = {
    add: () => (this.tasks.size >= MOST_TASKS ? this.#remove() : this.#add()),
    get: () => this.#get(),
    list: () => this.#list(),
    listAll: () => this.#listAll(),
    update: () =>
      this.#change('update_task', {
        title: `${this.#options.userTag} ${this.#options.tag} number ${this.#count} again`,
        ...(this.#options.random() < 0.5 && {
          description: this.#options.random() < 0.5 ? null : 'Said anew',
        }),
        ...(this.#options.random() < 0.5 && { completed: this.#options.random() < 0.5 }),
      }),
    complete: () => this.#change('complete_task', { completed: true }),
    remove: () => this.#remove(),
    trespass: () => this.#trespass(),
  }

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** One call, or a few that belong together. */
  async step(): Promise<void> {
    await this.#acts[habit(this.#options.random())]()
  }

  #pick(): [string, SoakTask] | undefined {
    const all = [...this.tasks]
    return all[Math.floor(this.#options.random() * all.length)]
  }

  /** The task in a success response. */
  #taskIn(what: string, { status, data, error }: Envelope): z.output<typeof task> | undefined {
    const parsed = task.safeParse(data)
    if (status === 'success' && parsed.success) return parsed.data
    this.#options.wrong(
      `${this.#options.tag}: ${what} was answered ${error?.code ?? status}: ${error?.message ?? JSON.stringify(data)}`,
    )
    return undefined
  }

  #compare(what: string, id: string, wanted: SoakTask, answer: Envelope): void {
    const got = this.#taskIn(what, answer)
    if (got !== undefined && textOf(got.id, got) !== textOf(id, wanted)) {
      this.#options.wrong(
        `${this.#options.tag}: ${what} answered ${textOf(got.id, got)}, not ${textOf(id, wanted)}`,
      )
    }
  }

  async #add(): Promise<void> {
    this.#count += 1
    const wanted: SoakTask = {
      title: `${this.#options.userTag} ${this.#options.tag} number ${this.#count}`,
      description:
        this.#options.random() < 0.5
          ? null
          : `What ${this.#options.tag} does as number ${this.#count}: 100 % of "it's" 漢字`,
      completed: false,
    }
    const args = {
      title: wanted.title,
      ...(wanted.description !== null && { description: wanted.description }),
      idempotency_key: `${this.#options.tag}-${this.#count}`,
    }
    const first = this.#taskIn('add_task', await this.#options.session.call('add_task', args))
    if (first === undefined) return
    this.#compare('add_task', first.id, wanted, { status: 'success', data: first })
    this.tasks.set(first.id, wanted)
    this.#options.made(first.id)
    if (this.#options.random() < REPEATED)
      this.#compare('add_task again', first.id, wanted, await this.#options.session.call('add_task', args))
  }

  async #get(): Promise<void> {
    const [id, wanted] = this.#pick() ?? []
    if (id === undefined || wanted === undefined) return this.#add()
    this.#compare('get_task', id, wanted, await this.#options.session.call('get_task', { task_id: id }))
  }

  async #list(): Promise<void> {
    const rows = await this.#listed({ text: `${this.#options.tag} number`, limit: PAGE })
    if (rows === undefined) return
    const got = rows.map(({ id, ...row }) => textOf(id, row)).sort()
    const wanted = [...this.tasks].map(([id, mine]) => textOf(id, mine)).sort()
    if (got.join('\n') !== wanted.join('\n'))
      this.#options.wrong(`${this.#options.tag}: list_tasks shows ${got.length} of ${wanted.length} tasks`)
  }

  async #listAll(): Promise<void> {
    const rows = (await this.#listed({ limit: PAGE })) ?? []
    const strange = rows.find(({ title }) => !title.startsWith(`${this.#options.userTag} `))
    if (strange !== undefined)
      this.#options.wrong(`${this.#options.tag}: list_tasks shows a task of another user: ${strange.title}`)
  }

  async #listed(args: Readonly<Record<string, unknown>>): Promise<z.output<typeof task>[] | undefined> {
    const { status, data, error } = await this.#options.session.call('list_tasks', args)
    const parsed = page.safeParse(data)
    if (status !== 'success' || !parsed.success) {
      this.#options.wrong(
        `${this.#options.tag}: list_tasks was answered ${error?.code ?? status}: ${error?.message}`,
      )
      return undefined
    }
    const { columns, rows } = parsed.data
    return rows.map((row) => task.parse(Object.fromEntries(columns.map((name, at) => [name, row[at]]))))
  }

  async #change(tool: string, changes: Partial<SoakTask>): Promise<void> {
    const [id, before] = this.#pick() ?? []
    if (id === undefined || before === undefined) return this.#add()
    const wanted = { ...before, ...changes }
    this.tasks.set(id, wanted)
    const { description, ...rest } = changes
    // A null argument counts as left out, so `clear` names what is to be emptied.
    const described = description === null ? { clear: ['description'] } : { description }
    const args = tool === 'update_task' ? { task_id: id, ...rest, ...described } : { task_id: id }
    this.#compare(tool, id, wanted, await this.#options.session.call(tool, args))
  }

  async #remove(): Promise<void> {
    const [id] = this.#pick() ?? []
    if (id === undefined) return this.#add()
    this.tasks.delete(id)
    const { status, error } = await this.#options.session.call('delete_task', { task_id: id })
    if (status !== 'success')
      this.#options.wrong(`${this.#options.tag}: delete_task was answered ${error?.code}`)
    await this.#absent('a deleted task', id)
  }

  async #trespass(): Promise<void> {
    const id = this.#options.foreign()
    if (id === undefined) return this.#get()
    await this.#absent("another user's task", id)
    const { error } = await this.#options.session.call('update_task', { task_id: id, title: 'taken' })
    if (error?.code !== 'NOT_FOUND')
      this.#options.wrong(`${this.#options.tag}: changing another user's task was answered ${error?.code}`)
  }

  async #absent(what: string, id: string): Promise<void> {
    const { status, error } = await this.#options.session.call('get_task', { task_id: id })
    if (error?.code !== 'NOT_FOUND')
      this.#options.wrong(`${this.#options.tag}: ${what} was answered ${error?.code ?? status}`)
  }
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
