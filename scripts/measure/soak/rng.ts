/** Chance that can be repeated: the same seed, the same soak. */

const TWO_32 = 4_294_967_296

/** Numbers from 0 up to, but not, 1 (xorshift32; a seed of 0 would stay 0). */
export function createDice(seed: number): () => number {
  let state = seed === 0 ? 1 : seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / TWO_32
  }
}
