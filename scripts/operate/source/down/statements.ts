/** The statements of `down`, of one transaction. */

import { identifier, literal } from '../../../local/postgres/literal.ts'
import { LOCK_TIMEOUT } from '../lock-wait.ts'
import { unsecure } from '../views/policies.ts'
import { joinReader } from '../views/reader.ts'
import type { Traces } from './traces.ts'

export function downStatements(traces: Traces): string[] {
  return [
    `set local lock_timeout = '${LOCK_TIMEOUT}'`,
    "select pg_advisory_xact_lock(hashtext('rowgate.migrations'))",
    'set local search_path = pg_catalog, pg_temp',
    ...views(traces),
    ...(traces.takesCore ? core(traces) : sequences(traces)),
  ]
}

function views({ hasReader, reader, superuser, version, secured }: Traces): string[] {
  return [
    ...unsecure({ secured }, []),
    ...(hasReader
      ? [
          ...(superuser ? [] : [joinReader(reader, version)]),
          // Its views, grants and policies. The error names what somebody else made on the views.
          `drop owned by ${identifier(reader)}`,
          `drop role ${identifier(reader)}`,
        ]
      : []),
  ]
}

function sequences({ login, sequences: names }: Traces): string[] {
  if (login === undefined) return []
  return names.map((name) => `revoke usage on sequence ${name} from ${identifier(login)}`)
}

function core(traces: Traces): string[] {
  const { login, dropsLogin, hasCore, superuser, version } = traces
  return [
    ...(hasCore ? [REFUSE_DEPENDENTS, 'drop schema rowgate cascade'] : []),
    ...(login !== undefined && dropsLogin
      ? [
          ...(superuser ? [] : [joinReader(login, version)]),
          `drop owned by ${identifier(login)}`,
          `drop role ${identifier(login)}`,
        ]
      : sequences(traces)),
  ]
}

/** CASCADE would take whatever leans on core, such as a policy of the application's that asks who calls. */
const REFUSE_DEPENDENTS = `do ${literal(`
declare
  found text;
begin
  select string_agg(distinct x.name, ', ') into found from (
    select pg_describe_object(d.classid, d.objid, d.objsubid) as name
    from pg_depend d
    where d.deptype = 'n' and (
        d.refclassid = 'pg_proc'::regclass and d.refobjid in (
          select p.oid from pg_proc p where p.pronamespace = 'rowgate'::regnamespace)
        or d.refclassid = 'pg_class'::regclass and d.refobjid in (
          select c.oid from pg_class c where c.relnamespace = 'rowgate'::regnamespace)
      )
      and coalesce(
        (select c.relnamespace from pg_class c where c.oid = case
          when d.classid = 'pg_class'::regclass then d.objid
          when d.classid = 'pg_policy'::regclass then (select o.polrelid from pg_policy o where o.oid = d.objid)
          when d.classid = 'pg_rewrite'::regclass then (select r.ev_class from pg_rewrite r where r.oid = d.objid)
          when d.classid = 'pg_trigger'::regclass then (select g.tgrelid from pg_trigger g where g.oid = d.objid)
          when d.classid = 'pg_attrdef'::regclass then (select f.adrelid from pg_attrdef f where f.oid = d.objid)
          when d.classid = 'pg_constraint'::regclass then (select k.conrelid from pg_constraint k where k.oid = d.objid)
        end),
        (select p.pronamespace from pg_proc p where d.classid = 'pg_proc'::regclass and p.oid = d.objid),
        0) <> 'rowgate'::regnamespace
  ) x;
  if found is not null then
    raise exception 'these need the schema rowgate, and are not of its making: %', found using errcode = '2BP01';
  end if;
end`)}`
