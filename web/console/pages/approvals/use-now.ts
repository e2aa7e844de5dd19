/** The time, each second, for what counts down on the page. */

import { useEffect, useState } from 'preact/hooks'

const SECOND_MS = 1_000

/** In milliseconds since 1970. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS)
    return () => clearInterval(timer)
  }, [])
  return now
}
