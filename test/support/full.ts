/** Large matrices: `npm test` runs a part of each, `npm run test:full` the whole. */

const FULL = process.env.ROWGATE_TEST_FULL === '1'

/**
 * Every `every`-th case, the same in each run; all cases in `npm run test:full`. If several places (servers,
 * endpoints, spellings) run the same list, give each its own `first`: with as many places as `every`, each
 * case runs in one of them.
 */
export function partOf<Case>(
  cases: readonly Case[],
  { every, first = 0 }: { every: number; first?: number },
): Case[] {
  return FULL ? [...cases] : cases.filter((_, index) => index % every === first % every)
}
