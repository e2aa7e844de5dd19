/** A hostile statement in these lists, and what its refusal must say. */

export interface Hostile {
  readonly sql: string
  /** Words that the guard's subject or reason must contain. */
  readonly culprit: string
}

export const hostile = (culprit: string, ...texts: readonly string[]): readonly Hostile[] =>
  texts.map((sql) => ({ sql, culprit }))
