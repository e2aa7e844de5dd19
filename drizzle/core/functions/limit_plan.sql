-- For the caller's own SQL: refuses a prepared statement (RG003) that the planner expects to cost too much, before it runs.
--
-- It is a statement of its own in the transaction, after PREPARE and before the run, so that no round trip is needed. It runs
-- as the caller, so row security is in the plan, and it gives its caller nothing that the login could not do itself. It has no
-- SET clause: under another search path the prepared statement would be analysed again.
--
-- A plan that is cancelled, by the timeout or because the client has gone, is no error to `others`; its prepared statement would
-- stay on the connection for whoever has it next.
--
-- Two indexes are combined before row security has seen a row, and the second is not read where the first has nothing. So
-- `a = 6 and b = (select 1 / (select 0))` failed exactly when somebody has a row with a = 6. Such a plan is not run: the statement
-- comes after this one in its transaction, and is planned without bitmap scans.
create or replace function rowgate.limit_plan(statement text, arguments text[], max_cost double precision) returns void
language plpgsql volatile as $$
declare
  call pg_catalog.text := pg_catalog.format('execute %I', statement);
  plan pg_catalog.json;
begin
  if pg_catalog.cardinality(arguments) > 0 then
    call := pg_catalog.concat(call, '(', (
      select pg_catalog.string_agg(pg_catalog.quote_nullable(a.value), ', ' order by a.place)
      from pg_catalog.unnest(arguments) with ordinality as a (value, place)
    ), ')');
  end if;
  begin
    execute pg_catalog.concat('explain (format json) ', call) into plan;
  exception when others or query_canceled then
    -- A prepared statement outlives its transaction, and the connection may be somebody else's next.
    execute pg_catalog.format('deallocate %I', statement);
    raise;
  end;
  execute pg_catalog.format('deallocate %I', statement);
  if (plan #>> '{0,Plan,Total Cost}')::double precision > max_cost then
    raise exception 'the plan costs too much' using errcode = 'RG003';
  end if;
  if pg_catalog.strpos(plan::text, 'BitmapAnd') > 0 then
    perform pg_catalog.set_config('enable_bitmapscan', 'off', true);
  end if;
end
$$;
