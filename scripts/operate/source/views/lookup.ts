/** The function that knows the caller's own row: `agent.member_id()`, asked once a statement. */

import { identifier, literal } from '../../../local/postgres/literal.ts'
import { quoted } from './names.ts'
import { columnOf, lookupTable, lookupTarget, type Reading, type RowWork, rowRule } from './rows.ts'
import { claimValue, familyOf, tenantFamily, tenantValue } from './values.ts'

export interface Lookup {
  /** The function's name. */
  readonly name: string
  /** Creates it, in the view schema. */
  readonly sql: string
  readonly reads: Reading
  readonly alsoReads: readonly Reading[]
}

/**
 * Undefined if the file looks nobody up, or once it is refused. Two rows that would both be the caller's are
 * none: no one can say which is meant.
 */
export function lookupOf(viewSchema: string, work: RowWork): Lookup | undefined {
  const { file, catalogue, findings, values } = work
  const user = file.identity?.user
  if (user === undefined) return undefined
  const found = lookupTable(user.lookup, catalogue.tables)
  const subject = found === undefined ? undefined : columnOf(found.table, found.column)
  if (found === undefined || subject === undefined) {
    findings.refuse(
      undefined,
      `\`identity.user.lookup\` names \`${user.lookup}\`, which the named schemas do not have.`,
    )
    return undefined
  }
  const { table } = found
  const target = lookupTarget(table, user.as)
  const [family, type] = [familyOf(subject), target === undefined ? undefined : familyOf(target)]
  if (target === undefined || type === undefined || family === undefined) {
    findings.refuse(
      undefined,
      target === undefined
        ? `\`identity.user.as\`: \`${table.name}\` has no column \`${user.as}\`, and no key of one column either.`
        : '`identity.user` compares and gives texts, whole numbers and uuid only.',
    )
    return undefined
  }
  const within = tenantCondition(table, work)
  const body = `
  select (array_agg(l.${identifier(target.name)}::${target.baseType}))[1] from ${quoted(table)} as l
  where l.${identifier(subject.name)} = ${claimValue(family, values.user())}${within.sql.map((each) => `\n    and ${each}`).join('')}
  having count(*) = 1
`
  return {
    name: user.as,
    sql: `create function ${identifier(viewSchema)}.${identifier(user.as)}() returns ${target.baseType}
  language sql stable security definer parallel restricted set search_path = pg_catalog, pg_temp
  as ${literal(body)}`,
    reads: { table, columns: [...new Set([subject.name, target.name, ...within.columns])] },
    alsoReads: within.reads,
  }
}

interface Within {
  readonly sql: readonly string[]
  readonly columns: readonly string[]
  readonly reads: readonly Reading[]
}

/** Within the caller's tenant, by the table's own column or by its rows in the file. */
function tenantCondition(table: RowWork['catalogue']['tables'][number], work: RowWork): Within {
  const { file, served, findings, values } = work
  const tenant = file.identity?.tenant
  const own = served.find((each) => each.table === table)
  const rule = own === undefined ? undefined : rowRule(own, work, 'l')
  if (own?.enforce === 'policies' && (rule?.looksUp || own.file.scope !== undefined)) {
    findings.refuse(
      own.named,
      'callers are looked up in it, and its own policies would need that first.',
      `${own.named}: { enforce: views, … }`,
    )
  }
  if (table.rowSecurity.enabled && own === undefined) {
    findings.refuse(
      undefined,
      `\`identity.user.lookup\`: ${table.schema}.${table.name} has row security, on which the reader would need a policy: serve it with \`accept: [row security]\`.`,
    )
  }
  if (tenant === undefined) return { sql: [], columns: [], reads: [] }
  const column = columnOf(table, tenant.column)
  if (column !== undefined && familyOf(column) === tenantFamily(tenant.type)) {
    return {
      sql: [`l.${identifier(column.name)} = ${tenantValue(tenant.type, values)}`],
      columns: [column.name],
      reads: [],
    }
  }
  if (rule !== undefined && !rule.looksUp && own?.file.scope === undefined && own?.file.rows !== 'all') {
    return { sql: rule.conditions, columns: [], reads: rule.reads }
  }
  findings.warn(
    undefined,
    `\`identity.user\` looks callers up in ${table.schema}.${table.name}, which has no tenant: one row is one user of every tenant.`,
  )
  return { sql: [], columns: [], reads: [] }
}
