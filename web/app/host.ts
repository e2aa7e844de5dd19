/**
 * JSON-RPC with the client that shows the App, by messages between windows (ext-apps 2026-01-26). The
 * package's own class for this is 129 KiB gzipped.
 */

/** Timeout of a request to the client, which may ask a person before it saves a file or calls a tool. */
const PATIENCE_MS = 120_000
const METHOD_NOT_FOUND = -32_601

type Params = Readonly<Record<string, unknown>>
type Listener = (params: Params) => void

interface Pending {
  resolve(result: Params): void
  reject(error: Error): void
}

interface Message {
  readonly jsonrpc?: unknown
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: unknown
  readonly result?: unknown
  readonly error?: unknown
}

export class Host {
  private readonly window: Window
  private readonly pending = new Map<number, Pending>()
  private readonly listeners = new Map<string, Listener>()
  private lastId = 0

  /** `window` is the frame's parent. Nobody else's messages are read. */
  constructor(window: Window) {
    this.window = window
    addEventListener('message', ({ source, data }: MessageEvent<unknown>) => {
      if (source === window && isRecord(data) && data.jsonrpc === '2.0') this.receive(data)
    })
  }

  /** Told of one kind of notification. */
  on(method: string, listener: Listener): void {
    this.listeners.set(method, listener)
  }

  notify(method: string, params: Params = {}): void {
    this.post({ method, params })
  }

  request(method: string, params: Params = {}): Promise<Params> {
    this.lastId += 1
    const id = this.lastId
    return new Promise<Params>((resolve, reject) => {
      const late = setTimeout(() => {
        this.pending.delete(id)
        reject(new Error('The client did not answer.'))
      }, PATIENCE_MS)
      const settled = () => clearTimeout(late)
      this.pending.set(id, {
        resolve(result) {
          settled()
          resolve(result)
        },
        reject(error) {
          settled()
          reject(error)
        },
      })
      this.post({ id, method, params })
    })
  }

  private post(message: object): void {
    // The App does not know the origin of its client, and sends nothing that the client did not give it.
    this.window.postMessage({ jsonrpc: '2.0', ...message }, '*')
  }

  private receive({ id, method, params, result, error }: Message): void {
    if (typeof method === 'string') {
      this.listeners.get(method)?.(isRecord(params) ? params : {})
      if (id !== undefined) this.answer(id, method)
      return
    }
    const pending = this.pending.get(Number(id))
    if (pending === undefined) return
    this.pending.delete(Number(id))
    if (isRecord(error)) pending.reject(new Error(String(error.message ?? 'The client refused.')))
    else pending.resolve(isRecord(result) ? result : {})
  }

  /** The client asks whether the App lives, and before it takes it away. */
  private answer(id: unknown, method: string): void {
    const isKnown = method === 'ping' || method === 'ui/resource-teardown'
    this.post(
      isKnown
        ? { id, result: {} }
        : { id, error: { code: METHOD_NOT_FOUND, message: `The App has no method ${method}.` } },
    )
  }
}

export function isRecord(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
