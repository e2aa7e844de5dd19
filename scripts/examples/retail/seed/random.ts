/** Repeatable random numbers: the same seed gives the same shop on every machine. */

/** Uniform in [0, 1). */
export type Random = () => number

/**
 * xorshift32 after a scramble of the seed. Its period of 2^32 - 1 is far above the few hundred thousand
 * draws.
 */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** An integer from `low` to `high`, both inclusive. */
export function between(random: Random, low: number, high: number): number {
  return low + Math.floor(random() * (high - low + 1))
}

export function pick<T>(random: Random, from: readonly T[]): T {
  const chosen = from[Math.floor(random() * from.length)]
  if (chosen === undefined) throw new Error('There is nothing to pick from.')
  return chosen
}

/** Draws an index in proportion to its weight, by binary search in the cumulative sums. */
export function createWeighted(weights: readonly number[]): (random: Random) => number {
  let total = 0
  const sums = weights.map((weight) => {
    total += weight
    return total
  })
  return (random) => {
    const point = random() * total
    let low = 0
    let high = sums.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] ?? 0) > point) high = middle
      else low = middle + 1
    }
    return low
  }
}
