/** Ways to become another caller by SQL of one's own. */

/** Settings that would make the caller another, or free of what binds it, if Postgres believed them. */
export function forgedSettings(others: {
  /** Another's words: the setting `rowgate.context` of its transaction, and a seal of its own. */
  readonly context: string
  readonly seal: string
  readonly name: string
}): readonly (readonly [name: string, value: string])[] {
  const claims = JSON.stringify({ sub: others.name, tenant: 'default', scopes: [] })
  const unkeyed = `k1.${Buffer.from(claims).toString('base64')}.${'0'.repeat(64)}`
  return [
    ['rowgate.context', others.context],
    ['rowgate.context', others.seal],
    ['rowgate.context', unkeyed],
    ['rowgate.context', others.name],
    ['rowgate.context', ''],
    ['rowgate.context', '..'],
    ['rowgate.context', 'k1.%.zz'],
    ['rowgate.user_id', others.name],
    ['role', 'postgres'],
    ['role', 'rowgate_owner'],
    ['role', 'none'],
    ['session_authorization', 'postgres'],
    ['session_authorization', 'rowgate_owner'],
    ['row_security', 'off'],
    ['search_path', 'pg_temp, rowgate, public'],
    ['is_superuser', 'on'],
    ['session_replication_role', 'replica'],
    ['timezone', 'Asia/Tokyo'],
    ['transform_null_equals', 'on'],
    ['standard_conforming_strings', 'off'],
  ]
}

/** Statements with `set`, a call of `set_config`, where it runs before or beside the table's rows. */
export function withForged(
  set: string,
  { column, table }: { readonly column: string; readonly table: string },
): readonly string[] {
  const whose = `select distinct ${column} from ${table}`
  return [
    `with forged as materialized (select ${set} as x) ${whose} where (select x from forged) is not null`,
    `select distinct t.${column} from (select ${set} offset 0) forged(x), lateral (${whose} where x is not null) t`,
    `${whose} where ${set} is not null`,
    `select distinct ${column} from (select ${set} as x, ${column} from ${table}) q where rowgate.user_id() is null or ${column} = ${column}`,
    `select distinct ${column} from ${table} order by (select ${set} limit 1), 1`,
    `select max(${column}::text) as ${column} from ${table} group by ${set}, ${column} having ${set} is not null`,
  ]
}
