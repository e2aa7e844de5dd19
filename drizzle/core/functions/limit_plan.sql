-- Refuses a caller's own SQL before it runs, if the planner expects it to cost more than `max_cost` (RG003).
--
-- It runs between an EXPLAIN of the same text and the run, in the same transaction. That EXPLAIN goes by the
-- extended protocol, which admits one statement only: so `query` is one statement when this function puts it
-- behind PREPARE. PREPARE gives the parameters the types that the query means. It stays within this function,
-- since poolers do not keep prepared statements. The function runs as the caller, so row security is in the
-- plan, and it can do nothing that the login could not do itself. It has no SET clause: under another search
-- path the query would mean other tables.
--
-- `when others` does not catch `query_canceled`: without naming it a cancelled EXPLAIN would leave the
-- prepared statement on the pooled connection.
--
-- A BitmapAnd combines two indexes before row security has seen a row, and does not read the second where the
-- first has nothing. So `a = 6 and b = (select 1 / (select 0))` would fail exactly when somebody has a row
-- with a = 6. Such a plan does not run: bitmap scans are off for the statement that follows in the
-- transaction.
create or replace function rowgate.limit_plan(query text, arguments text[], max_cost double precision) returns void
language plpgsql volatile as $$
declare
  name constant pg_catalog.text := pg_catalog.concat('rowgate_', pg_catalog.gen_random_uuid());
  call pg_catalog.text := pg_catalog.format('execute %I', name);
  plan pg_catalog.json;
begin
  if pg_catalog.current_setting('transaction_read_only') <> 'on' then
    raise exception 'limit_plan works in a read-only transaction only' using errcode = 'RG002';
  end if;
  if pg_catalog.cardinality(arguments) > 0 then
    call := pg_catalog.concat(call, '(', (
      select pg_catalog.string_agg(pg_catalog.quote_nullable(a.value), ', ' order by a.place)
      from pg_catalog.unnest(arguments) with ordinality as a (value, place)
    ), ')');
  end if;
  execute pg_catalog.concat(pg_catalog.format('prepare %I as ', name), query);
  begin
    execute pg_catalog.concat('explain (format json) ', call) into plan;
  exception when others or query_canceled then
    execute pg_catalog.format('deallocate %I', name);
    raise;
  end;
  execute pg_catalog.format('deallocate %I', name);
  if (plan #>> '{0,Plan,Total Cost}')::double precision > max_cost then
    raise exception 'the plan costs too much' using errcode = 'RG003';
  end if;
  if pg_catalog.strpos(plan::text, 'BitmapAnd') > 0 then
    perform pg_catalog.set_config('enable_bitmapscan', 'off', true);
  end if;
end
$$;
