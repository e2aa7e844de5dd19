/** Finds the traces of Rowgate in a database by its catalogue: also after half an `up`. */

import * as z from 'zod'
import type { Owner } from '../../../local/postgres/backend.ts'
import { literal } from '../../../local/postgres/literal.ts'
import { loginName } from '../../../local/postgres/login.ts'
import { readerName } from '../views/names.ts'
import { readMark, readViewsState, type ViewsState } from '../views/state.ts'

export interface Traces extends Pick<ViewsState, 'superuser' | 'secured'> {
  readonly database: string
  readonly version: number
  /** The reader's role, or the schema of its views. */
  readonly hasViews: boolean
  readonly hasReader: boolean
  readonly viewSchema: string
  readonly reader: string
  /** Sequences that the login may use, quoted for SQL. */
  readonly sequences: readonly string[]
  readonly hasCore: boolean
  /** Whether the schema rowgate and the login go as well. */
  readonly takesCore: boolean
  readonly login: string | undefined
  /** A login of another name was there before, and stays. */
  readonly dropsLogin: boolean
  /** Examples whose tables in this database need core. */
  readonly parts: readonly string[]
}

const facts = z.object({
  database: z.string(),
  version: z.number(),
  hasCore: z.boolean(),
  roles: z.array(z.string()),
})

export async function readTraces(
  owner: Owner,
  { viewSchema, isEmbedded }: { viewSchema: string; isEmbedded: boolean },
): Promise<Traces> {
  const { database, version, hasCore, roles } = facts.parse(
    JSON.parse((await owner(FACTS)).rows[0]?.[0] ?? 'null'),
  )
  const reader = readerName(database)
  const state = await readViewsState(owner, { reader, viewSchema })
  const core = hasCore ? await readCore(owner) : { login: undefined, parts: [] }
  // A login whose schema is gone, of half a `down`.
  const ownLogin = loginName(database)
  const login = core.login ?? (roles.includes(ownLogin) && !isEmbedded ? ownLogin : undefined)
  const takesCore = !isEmbedded && core.parts.length === 0 && (hasCore || login !== undefined)
  return {
    ...{ database, version, viewSchema, reader, hasCore, login, takesCore },
    superuser: state.superuser,
    secured: state.secured,
    hasReader: state.reader !== null,
    hasViews: state.reader !== null || state.viewSchema?.owner === reader,
    sequences: readMark(state)?.sequences ?? [],
    dropsLogin: takesCore && login === ownLogin,
    parts: isEmbedded && hasCore ? ['`npm start`'] : core.parts,
  }
}

const FACTS = `select json_build_object(
  'database', current_database(),
  'version', current_setting('server_version_num')::integer,
  'hasCore', exists (
    select from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'rowgate' and c.relname = 'worker_login'
  ),
  'roles', (select json_agg(rolname) from pg_roles)
)`

async function readCore(owner: Owner): Promise<{ login: string | undefined; parts: string[] }> {
  const logins = await owner('select rowgate.login()')
  const parts = await owner(
    `select distinct part from rowgate.migrations where part <> ${literal('core')} order by 1`,
  )
  return {
    login: logins.rows[0]?.[0] ?? undefined,
    parts: parts.rows.map(([part]) => (part ?? '').replace('examples/', 'the example ')),
  }
}
