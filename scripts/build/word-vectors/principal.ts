/** Principal component analysis by power iteration, which is enough for a hundred dimensions. */

type Vector = Float64Array

/** Iterations until a direction converges. Directions that still mix span the same plane. */
const STEPS = 300

/** The mean, and the first `count` principal directions, widest first, as unit vectors. */
export function principal(points: readonly (readonly number[])[], size: number, count: number) {
  const mean = new Float64Array(size)
  for (const point of points) addTo(mean, point, 1 / points.length)
  const covariance = covarianceOf(points, mean)
  const directions: Vector[] = []
  for (let n = 0; n < count; n++) directions.push(widest(covariance, directions))
  return { mean, directions }
}

function covarianceOf(points: readonly (readonly number[])[], mean: Vector): Vector[] {
  const rows = Array.from(mean, () => new Float64Array(mean.length))
  for (const point of points) {
    const centred = Float64Array.from(point, (value, i) => value - (mean[i] ?? 0))
    for (const [i, row] of rows.entries()) addTo(row, centred, centred[i] ?? 0)
  }
  return rows
}

/** Starts from a fixed vector, so that every run gives the same signs. */
function widest(rows: readonly Vector[], found: readonly Vector[]): Vector {
  let direction = Float64Array.from(rows, (_, i) => 1 / (i + 1 + found.length))
  for (let step = 0; step < STEPS; step++) {
    const next = Float64Array.from(rows, (row) => dot(row, direction))
    for (const known of found) addTo(next, known, -dot(next, known))
    const length = Math.sqrt(dot(next, next))
    direction = next.map((value) => value / length)
  }
  return direction
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0)
  return sum
}

function addTo(target: Vector, other: ArrayLike<number>, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i] = (target[i] ?? 0) + factor * (other[i] ?? 0)
}
