/**
 * How large a value can be and how many steps it takes to make it: upper bounds that are read from the query
 * alone.
 */

export interface Value {
  /** Bytes that the query itself makes: literals, parameters, padding, what is collected from many rows. */
  readonly made: number
  /** Bytes that come out of tables. What they are is bounded by what is stored; this is a usual size. */
  readonly stored: number
  /** Steps of one evaluation, between two moments at which Postgres looks whether it should stop. */
  readonly steps: number
  /** Expressions in it once Postgres has put those of the subqueries below in the place of their names. */
  readonly parts: number
  /**
   * Whether its text can be no number with an exponent: nine characters of one, `1e131071`, are 131,072
   * digits.
   */
  readonly plain: boolean
  /**
   * Whether it is a text that the query puts together, so that there are as many of them as the query makes
   * rows.
   */
  readonly joined: boolean
}

/** Bytes. A text column of a table holds a name, a sentence or a page. */
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

/** One value made of all of these. */
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

/** One of these values, any of which may be evaluated on the way to it. */
export function either(values: readonly Value[]): Value {
  const whole = sum(values)
  return { ...whole, made: largest(values, 'made'), stored: largest(values, 'stored') }
}

/** The value of one column that several SELECTs fill: only one of them evaluates it. */
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

/** The same value where it is at hand: a column of what has been computed before, row by row. */
export function computed({ made, stored, plain, joined }: Value): Value {
  return { made, stored, steps: 1, parts: 1, plain, joined }
}

/** Digits that a number may have for Postgres; an exponent writes them all in a few characters. */
export const MAX_DIGITS = 131_072

/** The same value, of which no more than these bytes are left. */
export function cutTo(value: Value, bytes: number): Value {
  return { ...value, made: Math.min(value.made, bytes), stored: Math.min(value.stored, bytes) }
}
