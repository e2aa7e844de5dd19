/**
 * `rowgate audit verify`: verifies the audit log of DATABASE_OWNER_URL or the local database, and prints each
 * chain's first bad row.
 */

import { print } from '../cli/terminal.ts'
import { withLocalOwner, withServerOwner } from '../local/owner.ts'
import type { Owner } from '../local/postgres/backend.ts'
import { verifyAudit } from './audit/verify.ts'

async function verify(owner: Owner): Promise<void> {
  const chains = await verifyAudit(owner)
  for (const { tenant, rows, seq, head, problem } of chains) {
    const verdict = problem === undefined ? `whole: ${rows} rows, head ${seq}:${head}` : `BROKEN: ${problem}`
    print(`${JSON.stringify(tenant)} ${verdict}`)
  }
  const broken = chains.filter(({ problem }) => problem !== undefined).length
  print(`${chains.length} chains, ${broken} broken.`)
  if (broken > 0) process.exitCode = 1
}

export async function auditVerify(directory: string): Promise<void> {
  const url = process.env.DATABASE_OWNER_URL
  await (url === undefined || url === '' ? withLocalOwner(directory, verify) : withServerOwner(url, verify))
}
