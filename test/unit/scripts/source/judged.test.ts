/** `rowgate plan` refuses nothing that `rowgate init` proposes. */

import { expect, test } from 'vitest'
import { judged } from '../../../../scripts/operate/source/init/judged.ts'
import { propose } from '../../../../scripts/operate/source/init/propose.ts'
import { catalogueOf, foreignKey } from '../../../support/databases/catalogue-of.ts'

const CATALOGUE = catalogueOf({
  staff: { columns: ['id integer', 'email'] },
  sales: { columns: ['id integer', 'staff_id integer'], foreignKeys: [foreignKey('staff_id -> staff')] },
  totals: { columns: ['total numeric'], kind: 'materialized view', reads: ['public.sales'] },
  notes: { columns: ['id integer', 'text'], mayGrant: false },
  plain: { columns: ['id integer', 'text'] },
})
const STATE = {
  ...{ superuser: false, mayMakeRoles: true, mayMakeSchemas: true, reader: null, viewSchema: null },
  ...{ schemas: [{ name: 'public', mayGrant: true, isOpen: true }], secured: [] },
}

test('a table that would be refused is left out with the reason', () => {
  const proposal = propose({ source: 'app', catalogue: CATALOGUE, shapes: new Map() })
  const { tables } = judged(proposal, { source: 'app', catalogue: CATALOGUE, state: STATE })
  const whys = Object.fromEntries(tables.map(({ name, rows, why }) => [name, rows === undefined ? why : '']))
  expect(whys).toEqual({
    ...{ staff: '', sales: '', plain: '' },
    totals: "its rows would be everybody's, and it reads public.sales, whose rows are not",
    notes: expect.stringContaining("it is owner's"),
  })
})
