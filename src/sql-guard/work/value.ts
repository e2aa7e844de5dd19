/** Upper bounds of a value's size and of the steps to compute it, from the query alone. */

export interface Value {
  /** Bytes that the query itself produces: literals, parameters, padding, aggregates over many rows. */
  readonly made: number
  /** Bytes read from tables. The stored data limit them; this is an assumed size. */
  readonly stored: number
  /** Steps of one evaluation, between two interrupt checks of Postgres. */
  readonly steps: number
  /** Expressions in it after Postgres has inlined its subqueries. */
  readonly parts: number
  /**
   * Whether its text cannot be a number with an exponent: nine characters, `1e131071`, are 131,072 digits.
   */
  readonly plain: boolean
  /** Whether the query builds it as text, so that there are as many texts as the query has rows. */
  readonly joined: boolean
}

/** Assumed bytes of a text column: a name, a sentence or a page. */
const STORED_BYTES = 1_000
/** Bytes of a number, a date, a flag. */
const SMALL_BYTES = 16

export const STORED: Value = { made: 0, stored: STORED_BYTES, steps: 1, parts: 1, plain: true, joined: false }
export const SMALL: Value = { made: SMALL_BYTES, stored: 0, steps: 1, parts: 1, plain: true, joined: false }

export const NOTHING: Value = { ...SMALL, made: 0 }

export function written(bytes: number, plain: boolean): Value {
  return { made: bytes, stored: 0, steps: 1, parts: 1, plain, joined: false }
}

export function bytesOf({ made, stored }: Value): number {
  return made + stored
}

/** One value composed of all of these. */
export function sum(values: readonly Value[]): Value {
  let [made, stored, steps, parts] = [0, 0, 1, 1]
  let [plain, joined] = [true, false]
  for (const value of values) {
    made += value.made
    stored += value.stored
    steps += value.steps
    parts += value.parts
    plain &&= value.plain
    joined ||= value.joined
  }
  return { made, stored, steps, parts, plain, joined }
}

/** One of these values, where each may be evaluated. */
export function either(values: readonly Value[]): Value {
  const whole = sum(values)
  return { ...whole, made: largest(values, 'made'), stored: largest(values, 'stored') }
}

/** A column that several SELECTs fill: only one of them evaluates it. */
export function united(values: readonly Value[]): Value {
  return {
    made: largest(values, 'made'),
    stored: largest(values, 'stored'),
    steps: largest(values, 'steps'),
    parts: largest(values, 'parts'),
    plain: values.every(({ plain }) => plain),
    joined: values.some(({ joined }) => joined),
  }
}

function largest(values: readonly Value[], of: Exclude<keyof Value, 'plain' | 'joined'>): number {
  let most = 0
  for (const value of values) if (value[of] > most) most = value[of]
  return most
}

/** The value as a column that has been computed before, row by row. */
export function computed({ made, stored, plain, joined }: Value): Value {
  return { made, stored, steps: 1, parts: 1, plain, joined }
}

/** Postgres' limit for the digits of a number; an exponent writes them all in a few characters. */
export const MAX_DIGITS = 131_072

/** The value cut to this many bytes. */
export function cutTo(value: Value, bytes: number): Value {
  return { ...value, made: Math.min(value.made, bytes), stored: Math.min(value.stored, bytes) }
}
