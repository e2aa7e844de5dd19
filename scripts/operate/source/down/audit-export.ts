/** Exports an audit log before it is dropped: one row of JSON a line, with the hashes of its chain. */

import { open } from 'node:fs/promises'
import type { Owner } from '../../../local/postgres/backend.ts'
import { literal } from '../../../local/postgres/literal.ts'

const OWNER_ONLY_FILE = 0o600
/** Rows read at once. */
const PAGE = 5_000

export async function auditRows(owner: Owner): Promise<number> {
  const { rows } = await owner("select to_regclass('rowgate.audit_log') is not null")
  if (rows[0]?.[0] !== 't') return 0
  const count = await owner('select count(*) from rowgate.audit_log')
  return Number(count.rows[0]?.[0] ?? 0)
}

/** Refuses to write over a file. */
export async function exportAudit(owner: Owner, path: string): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY_FILE)
  try {
    let after: readonly [tenant: string, seq: string] | undefined
    for (;;) {
      const { rows } = await owner(`select tenant_id, seq, to_jsonb(l) from rowgate.audit_log l
        ${after === undefined ? '' : `where (tenant_id, seq) > (${literal(after[0])}, ${after[1]})`}
        order by tenant_id, seq limit ${PAGE}`)
      for (const [, , row] of rows) await file.write(`${row}\n`)
      const last = rows.at(-1)
      if (last === undefined || rows.length < PAGE) return
      after = [last[0] ?? '', last[1] ?? '']
    }
  } finally {
    await file.close()
  }
}
