-- For the caller's own SQL: refuses a prepared statement (RG003) that the planner expects to cost too much, before it runs.
--
-- A statement of its own in the transaction, after PREPARE and before the run, so that no round trip is needed. It runs as the
-- caller, so row security is in the plan, and it gives its caller nothing that the login could not do itself. It has no SET clause:
-- another search path here would have the prepared statement analysed anew, under that path.
create function rowgate.limit_plan(statement text, arguments text[], max_cost double precision) returns void
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
  exception when others then
    -- A prepared statement outlives its transaction, and the connection may be somebody else's next.
    execute pg_catalog.format('deallocate %I', statement);
    raise;
  end;
  execute pg_catalog.format('deallocate %I', statement);
  if (plan #>> '{0,Plan,Total Cost}')::double precision > max_cost then
    raise exception 'the plan costs too much' using errcode = 'RG003';
  end if;
end
$$;
--> statement-breakpoint
revoke all on function rowgate.limit_plan(text, text[], double precision) from public;
--> statement-breakpoint
grant execute on function rowgate.limit_plan(text, text[], double precision) to rowgate_app;
