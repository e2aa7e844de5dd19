/** Checks a source's views: taken names, missing rights, open tables. */

import type { SourceFile } from '../../../../src/infra/config/rowgate-file.ts'
import type { Findings } from './findings.ts'
import { judgeView } from './judge-view.ts'
import { spoken } from './names.ts'
import type { RowWork } from './rows.ts'
import { isSecured, type ViewsState } from './state.ts'
import type { Served } from './statements.ts'
import type { DefaultShown } from './tables.ts'
import { isWritable } from './writes.ts'

interface Source {
  readonly file: SourceFile
  readonly state: ViewsState
  readonly reader: string
  readonly viewSchema: string
  readonly user: string
  readonly findings: Findings
}

export function judgeSource({ file, state, reader, viewSchema, user, findings }: Source): void {
  if (state.reader === null && !state.mayMakeRoles) {
    findings.refuse(
      undefined,
      `"${user}" may not make the role "${reader}": it lacks CREATEROLE. Let a superuser run: alter role "${user}" createrole;`,
    )
  }
  if (state.reader?.isPlain === false) {
    findings.refuse(
      undefined,
      `a role "${reader}" is there that may log in, has an attribute or is a member of another role, so it cannot own the views: rename it.`,
    )
  }
  if (!state.mayMakeSchemas) {
    findings.refuse(
      undefined,
      `"${user}" may not make the schema ${viewSchema}: it lacks CREATE on the database.`,
    )
  }
  if (viewSchema === 'rowgate' || viewSchema.startsWith('pg_') || file.schemas?.includes(viewSchema)) {
    findings.refuse(
      undefined,
      `the views cannot lie in the schema ${viewSchema}, which has tables of its own.`,
      'view_schema: agent',
    )
    return
  }
  const found = state.viewSchema
  if (found === null) return
  if (found.owner !== reader) {
    findings.refuse(
      undefined,
      `the schema ${viewSchema} is taken: it is ${found.owner}'s.`,
      'view_schema: rowgate_views',
    )
  } else if (found.strangers.length > 0) {
    findings.refuse(
      undefined,
      `the schema ${viewSchema} holds what is not of Rowgate's making, and is made anew: move ${spoken(found.strangers)} to another.`,
    )
  }
}

interface Around extends RowWork {
  readonly state: ViewsState
  readonly defaultShown: DefaultShown
}

export function judgeTable(each: Served, around: Around): void {
  const { served, write } = each
  const { named, table } = served
  const { findings, state, catalogue } = around
  if (!table.mayGrant) {
    findings.refuse(
      named,
      `it is ${table.owner}'s, and "${catalogue.user}" has not that role's rights, so it cannot give the reader any: run this as ${table.owner}, or make "${catalogue.user}" a member.`,
      `${named}: deny`,
    )
  }
  const schema = state.schemas.find(({ name }) => name === table.schema)
  if (schema !== undefined && !schema.isOpen && !schema.mayGrant) {
    findings.refuse(
      named,
      `the schema ${table.schema} is another role's, and "${catalogue.user}" cannot let the reader use it.`,
      `${named}: deny`,
    )
  }
  if (table.kind === 'view' || table.kind === 'materialized view') {
    judgeView(served, around)
  } else {
    judgeRowSecurity(each, around)
  }
  if (table.kind === 'foreign table') {
    findings.warn(
      named,
      'it is a foreign table: its server is asked as the reader, for whom a user mapping must be there.',
    )
  }
  if (table.grantees.includes('PUBLIC')) {
    findings.warn(
      named,
      `every login may read ${table.schema}.${table.name} itself (PUBLIC has a privilege on it), so for it only the SQL guard stands before the Worker's login. Its owner can end that: revoke all on ${table.schema}.${table.name} from public;`,
    )
  }
  if (isWritable(write) && served.file.rows === 'all') {
    findings.warn(named, 'every caller may write every row of it.')
  }
}

function judgeRowSecurity({ served }: Served, { findings, state }: Around): void {
  const { named, table, file, enforce } = served
  if (!table.rowSecurity.enabled || isSecured(state, table)) {
    if (enforce === 'policies' && table.policies.length > 0 && !isSecured(state, table)) {
      findings.refuse(
        named,
        `it has policies that are not in force (${spoken(table.policies.map(({ name }) => name))}), and would be with \`enforce: policies\`.`,
        `${named}: { enforce: views, … }`,
      )
    }
    return
  }
  const open = table.policies.filter(({ roles }) => roles.includes('PUBLIC'))
  const toAll =
    open.length === 0 ? '' : `; ${spoken(open.map(({ name }) => name))} is for PUBLIC, so for the reader too`
  if (!file.accept?.includes('row security')) {
    findings.refuse(
      named,
      `it has row security of its own, and the reader needs a policy there${toAll}. The rows that callers see are then those of this file.`,
      'accept: [row security]',
    )
    return
  }
  const narrowing = open.filter(({ permissive }) => !permissive)
  if (narrowing.length > 0) {
    findings.warn(
      named,
      `${spoken(narrowing.map(({ name }) => name))} is restrictive and for PUBLIC: it hides rows from callers beside what \`rows\` says.`,
    )
  }
}
