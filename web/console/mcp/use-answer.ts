/** A question to the server as part of a page: waiting, an answer or an error. */

import { useCallback, useEffect, useState } from 'preact/hooks'

export interface Answer<T> {
  readonly value: T | undefined
  readonly error: unknown
  readonly waiting: boolean
  /** Asks again, and keeps the last answer on the page meanwhile. */
  readonly again: () => void
}

/** Asks when `key` changes. An answer to an earlier key is dropped. */
export function useAnswer<T>(key: string, ask: () => Promise<T>): Answer<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: unknown; round: number }>({
    key,
    round: 0,
  })
  const [round, setRound] = useState(0)
  useEffect(() => {
    let dropped = false
    ask().then(
      (value) => dropped || setState({ key, value, round }),
      (error: unknown) => dropped || setState({ key, error, round }),
    )
    return () => {
      dropped = true
    }
  }, [key, round])
  const again = useCallback(() => setRound((last) => last + 1), [])
  const isCurrent = state.key === key && (state.value !== undefined || state.error !== undefined)
  return {
    value: isCurrent ? state.value : undefined,
    error: isCurrent ? state.error : undefined,
    waiting: !isCurrent || state.round !== round,
    again,
  }
}
