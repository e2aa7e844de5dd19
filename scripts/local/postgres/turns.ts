/** Fair scheduling of database work: callers take turns, and one caller gets only some of the slots. */

export interface TurnOptions {
  /** Greatest number of concurrent tasks. */
  readonly places: number
  /** The same, for one caller. */
  readonly placesPerCaller: number
}

interface Waiting {
  running: number
  readonly starts: (() => void)[]
}

export type Turns = <T>(caller: string, work: () => Promise<T>) => Promise<T>

/** Runs `work` when its caller's turn comes, whether or not the one before failed. */
export function createTurns({ places, placesPerCaller }: TurnOptions): Turns {
  /** In order of turn. A caller moves to the end when its work starts, and again when it ends. */
  const callers = new Map<string, Waiting>()
  let running = 0

  function standLast(caller: string, waiting: Waiting): void {
    callers.delete(caller)
    callers.set(caller, waiting)
  }

  function startNext(): void {
    if (running >= places) return
    for (const [caller, waiting] of callers) {
      const start = waiting.running < placesPerCaller ? waiting.starts.shift() : undefined
      if (start === undefined) continue
      standLast(caller, waiting)
      waiting.running += 1
      running += 1
      start()
      return
    }
  }

  function end(caller: string, waiting: Waiting): void {
    waiting.running -= 1
    running -= 1
    standLast(caller, waiting)
    if (waiting.running === 0 && waiting.starts.length === 0) callers.delete(caller)
    startNext()
  }

  return async (caller, work) => {
    const waiting = callers.get(caller) ?? { running: 0, starts: [] }
    callers.set(caller, waiting)
    await new Promise<void>((start) => {
      waiting.starts.push(start)
      startNext()
    })
    try {
      return await work()
    } finally {
      end(caller, waiting)
    }
  }
}
