/** A policy of a known form is told in words; of any other, its condition stays untold. */

import { expect, test } from 'vitest'
import { policyInWords } from '../../../src/toolsets/sql/policies.ts'

const USER = '( SELECT rowgate.user_id() AS user_id)'
const TENANT = '( SELECT rowgate.tenant_id() AS tenant_id)'

test.each([
  ['true', 'You see all rows'],
  [null, 'You see all rows'],
  [`(${USER} IS NOT NULL)`, 'You see all rows'],
  [`(user_id = ${USER})`, 'You see the rows whose `user_id` is you'],
  [
    `((tenant_id = ${TENANT}) AND (user_id = ${USER}))`,
    'You see the rows whose `tenant_id` is your tenant, and `user_id` is you',
  ],
  [
    `(store_id = ANY (ARRAY( SELECT a.store_id\n   FROM retail.store_assignments a\n  WHERE (a.user_id = ${USER}))))`,
    'You see the rows whose `store_id` is in `retail.store_assignments` for you',
  ],
  [`((user_id = ${USER}) OR (public = true))`, 'You see the rows that the policy p gives you'],
  [`((user_id = ${USER}) AND (secret <> 'x'::text))`, 'You see the rows that the policy p gives you'],
  ["(name = 'a secret'::text)", 'You see the rows that the policy p gives you'],
])('%s', (expression, words) => {
  expect(policyInWords('p', expression)).toBe(words)
})
