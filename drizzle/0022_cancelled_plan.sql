-- To `others` a plan that is cancelled, by the timeout or because a client has gone, is no error: its prepared statement
-- stayed on the connection, for whoever had it next.
create or replace function rowgate.limit_plan(statement text, arguments text[], max_cost double precision) returns void
language plpgsql volatile as $$
declare
  call text := pg_catalog.format('execute %I', statement);
  plan json;
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
