/** `rowgate audit verify`: finds rows of the audit log that were changed, removed, moved or inserted. */

import { Command } from '@commander-js/extra-typings'
import { dataOption } from '../data-option.ts'

export function auditVerifyCommand() {
  return new Command('verify')
    .summary('Verify the hash chains of the audit log')
    .description(
      'Reads the whole audit log (of DATABASE_OWNER_URL, or of the local database) and prints the first bad row of each chain.',
    )
    .addOption(dataOption('the data folder of the local database'))
    .action(async ({ data }) => {
      const { auditVerify } = await import('../../operate/audit-verify.ts')
      await auditVerify(data)
    })
}
