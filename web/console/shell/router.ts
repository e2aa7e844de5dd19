/** The page is in the URL's fragment, so that the static host needs one file: `#/data/main/orders`. */

import { useEffect, useState } from 'preact/hooks'

/** The parts of the fragment between slashes, decoded. */
export function useRoute(): readonly string[] {
  const [route, setRoute] = useState(partsOf(location.hash))
  useEffect(() => {
    const changed = () => setRoute(partsOf(location.hash))
    addEventListener('hashchange', changed)
    return () => removeEventListener('hashchange', changed)
  }, [])
  return route
}

export function pathTo(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`
}

function partsOf(hash: string): readonly string[] {
  return hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map((part) => {
      try {
        return decodeURIComponent(part)
      } catch {
        return part
      }
    })
}
