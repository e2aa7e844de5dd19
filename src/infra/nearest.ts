/** The name that was probably meant. */

/** Greatest edit distance, in letters, that still counts as a typing error. */
const MOST_TYPING_ERRORS = 3

/** The known names that are nearest to it: several only where they are equally near. */
export function nearestNames(name: string, known: readonly string[]): string[] {
  const distances = known.map((each) => distance(name, each))
  const least = Math.min(MOST_TYPING_ERRORS, ...distances)
  return known.filter((_, at) => distances[at] === least)
}

/**
 * The known names by how near they are, up to a number. One that holds the name, or that it holds, is near.
 */
export function namesByNearness(name: string, known: readonly string[], most: number): string[] {
  const far = (each: string) =>
    each.includes(name) || name.includes(each) ? 1 : Math.min(distance(name, each), each.length + name.length)
  return known
    .map((each) => ({ each, far: far(each) }))
    .toSorted((a, b) => a.far - b.far)
    .slice(0, most)
    .map(({ each }) => each)
}

/** Levenshtein distance: letters inserted, deleted or changed. */
function distance(a: string, b: string): number {
  // Beyond the limit how far does not matter, and a caller's name may be long.
  if (Math.abs(a.length - b.length) > MOST_TYPING_ERRORS) return Number.POSITIVE_INFINITY
  let previous = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [row, letter] of [...a].entries()) {
    const next = [row + 1]
    for (const [column, other] of [...b].entries()) {
      const changed = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(changed, (previous[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1))
    }
    previous = next
  }
  return previous[b.length] ?? 0
}
