/** Repeatable random numbers: the same seed gives the same soak. */

const TWO_32 = 4_294_967_296

/** Uniform in [0, 1), by xorshift32. A seed of 0 would stay 0. */
export function createDice(seed: number): () => number {
  let state = seed === 0 ? 1 : seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / TWO_32
  }
}
