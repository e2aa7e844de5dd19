/** A plan as a tree that is drawn: no box on another, and numbers only where they were measured. */

import { expect, test } from 'vitest'
import { allSteps, drawnPlan, sentenceOf, summaryOf } from '../../../../web/console/pages/query/plan.ts'

const PLAN = {
  total_cost: 1_000,
  execution_ms: 10,
  plan: {
    node_type: 'Hash Join',
    join_type: 'Left',
    actual_rows: 3,
    actual_loops: 1,
    actual_total_time: 9,
    steps: [
      {
        node_type: 'Seq Scan',
        relation_name: 'a\u202E',
        actual_rows: 1,
        actual_loops: 4,
        actual_total_time: 1,
      },
      { node_type: 'Hash', steps: [{ node_type: 'Index Scan', relation_name: 'b', index_name: 'b_pkey' }] },
    ],
  },
}

test('steps of one level stand beside each other, above those that feed them', () => {
  const drawn = drawnPlan(PLAN)
  expect([drawn.width, drawn.height, drawn.count]).toEqual([2, 3, 4])
  expect(allSteps(drawn.root).map(({ x, y }) => [x, y])).toEqual([
    [1, 0],
    [0.5, 1],
    [1.5, 1],
    [1.5, 2],
  ])
})

test('each step is a sentence, with its own part of the time', () => {
  const drawn = drawnPlan(PLAN)
  expect(allSteps(drawn.root).map(sentenceOf)).toEqual([
    'Hash Join · Left, 3 rows, 9 ms, 50 % of the time',
    'Seq Scan of a⟨U+202E⟩, 1 row, 4 times, 4 ms, 40 % of the time',
    'Hash',
    'Index Scan of b by b_pkey',
  ])
  expect(summaryOf(PLAN, drawn)).toBe('The plan: 4 steps, a cost of at most 1,000 planner units, 10 ms')
  expect(summaryOf({ plan: {} }, drawnPlan({ plan: {} }))).toBe('The plan: 1 step')
})
