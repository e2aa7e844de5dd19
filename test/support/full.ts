/** What takes too long for `npm test`: it runs a part of a large matrix, and `npm run test:full` the whole. */

const FULL = process.env.ROWGATE_TEST_FULL === '1'

/**
 * Every so many of the cases, the same ones in each run; all of them in `npm run test:full`. Where one list is run in several
 * places (servers, doors, spellings), give each place its own `first`: with as many places as `every`, each case is run in one
 * of them.
 */
export function partOf<Case>(
  cases: readonly Case[],
  { every, first = 0 }: { every: number; first?: number },
): Case[] {
  return FULL ? [...cases] : cases.filter((_, index) => index % every === first % every)
}
