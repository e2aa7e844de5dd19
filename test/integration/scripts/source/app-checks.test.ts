/** The applications of the tests are whole before Rowgate comes: what they check of themselves holds. */

import { describe, expect, test } from 'vitest'
import { catalogueDump, checkCount, failedChecks } from '../../../support/databases/app-checks.ts'
import { createForeignDatabase, type ForeignName } from '../../../support/databases/foreign.ts'
import { postgres15Missing } from '../../../support/servers/postgres15.ts'

const NAMES: readonly ForeignName[] = ['fieldwork', 'supportdesk', 'recordshop']

describe.skipIf(postgres15Missing())('an application without Rowgate', () => {
  test.each(NAMES)('%s passes its own checks, and they leave its catalogue as it was', async (name) => {
    const database = await createForeignDatabase(name)
    const before = await catalogueDump(database)
    expect(await failedChecks(name, database)).toEqual([])
    expect(await catalogueDump(database)).toBe(before)
  })

  test('a check that does not hold is named with what it gave', async () => {
    const database = await createForeignDatabase('fieldwork')
    await database.as('fw_owner', (client) => client.query('delete from heartbeats'))
    expect(await failedChecks('fieldwork', database)).toEqual([
      'a table without a key: it gave 0 instead of 200',
    ])
    expect(checkCount('fieldwork')).toBeGreaterThan(30)
  })
})
