/**
 * Verifies the audit log's hash chains. It computes every hash itself and reads only columns from the
 * database. It cannot detect a chain that the owner's login has rewritten from some row on, with its hashes
 * and its head. To detect that, keep the printed heads elsewhere and compare.
 */

import { createHash } from 'node:crypto'
import type { Owner } from '../../local/postgres/backend.ts'

/** A page is a few megabytes. */
const PAGE_ROWS = 5_000

export interface Chain {
  readonly tenant: string
  readonly rows: number
  readonly seq: number
  /** Hash of the head, in hex. */
  readonly head: string
  /** The first problem. */
  readonly problem?: string
}

interface Head {
  readonly tenant: string
  readonly seq: number
  readonly hash: string
  readonly prunedSeq: number
  readonly prunedHash: string
}

/** The columns and their order are those of `rowgate.audit_hash`. */
const FIELDS = `l.tenant_id, l.seq::text, l.id::text, (extract(epoch from l.at) * 1000000)::bigint::text, l.user_id, l.client_id, l.tool,
  l.outcome, l.duration_ms::text, l.request_id, l.arguments_hash, to_jsonb(l.targets)::text, l.target_count::text`

type Row = readonly (string | null)[]

export async function verifyAudit(owner: Owner): Promise<Chain[]> {
  const chains: Chain[] = []
  for (const head of await readHeads(owner)) chains.push(await verifyChain(owner, head))
  return chains
}

/** Every tenant with a head or rows. Rows without a head belong to a chain that should be empty. */
async function readHeads(owner: Owner): Promise<Head[]> {
  const { rows } = await owner(`
    select t.tenant_id, coalesce(h.seq, 0), encode(coalesce(h.hash, ''), 'hex'), coalesce(h.pruned_seq, 0),
      encode(coalesce(h.pruned_hash, ''), 'hex')
    from (select tenant_id from rowgate.audit_heads union select tenant_id from rowgate.audit_log) t
    left join rowgate.audit_heads h using (tenant_id) order by t.tenant_id collate "C"`)
  return rows.map(([tenant, seq, hash, prunedSeq, prunedHash]) => ({
    tenant: tenant ?? '',
    seq: Number(seq),
    hash: hash ?? '',
    prunedSeq: Number(prunedSeq),
    prunedHash: prunedHash ?? '',
  }))
}

async function verifyChain(owner: Owner, head: Head): Promise<Chain> {
  let before = head.prunedHash
  let seq = head.prunedSeq
  let count = 0
  const broken = (problem: string): Chain => ({ ...said(head, count), problem })
  for (;;) {
    const rows = await readRows(owner, head.tenant, count === 0 ? -1 : seq)
    for (const row of rows) {
      const problem = problemOf(row, seq, before, head)
      if (problem !== undefined) return broken(problem)
      seq += 1
      count += 1
      before = row[0] ?? ''
    }
    if (rows.length < PAGE_ROWS) break
  }
  if (seq !== head.seq) return broken(`row ${seq + 1} is missing, and all that follow up to ${head.seq}`)
  if (before !== head.hash) return broken(`the head is not the hash of row ${seq}`)
  return said(head, count)
}

function said({ tenant, seq, hash }: Head, rows: number): Chain {
  return { tenant, rows, seq, head: hash }
}

async function readRows(owner: Owner, tenant: string, after: number): Promise<readonly Row[]> {
  const { rows } = await owner(`
    select encode(l.hash, 'hex'), ${FIELDS} from rowgate.audit_log l
    where l.tenant_id = ${literal(tenant)} and l.seq > ${after} order by l.seq limit ${PAGE_ROWS}`)
  return rows
}

function problemOf(row: Row, before: number, beforeHash: string, head: Head): string | undefined {
  const [hash, ...fields] = row
  const seq = Number(fields[1])
  const who = `${fields[6]} by ${fields[4]}, id ${fields[2]}`
  if (seq <= before) return `row ${seq} (${who}) was inserted: the chain begins with ${before + 1}`
  if (seq > head.seq) return `row ${seq} (${who}) was inserted: the chain ends with ${head.seq}`
  if (seq !== before + 1) return `row ${before + 1} is missing: the next one is ${seq} (${who})`
  if (chained(beforeHash, fields) !== hash) {
    return `row ${seq} (${who}) is not the original: it was changed, moved or replaced`
  }
  return undefined
}

/** The same computation as `rowgate.audit_hash`. */
function chained(before: string, fields: Row): string {
  const text = fields
    .map((field) => (field === null ? '-' : `${Buffer.byteLength(field)}:${field}`))
    .join(',')
  return createHash('sha256').update(Buffer.from(before, 'hex')).update(text).digest('hex')
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
