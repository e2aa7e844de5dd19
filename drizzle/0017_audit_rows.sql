-- Signed rows come in a shorter form, because their length is most of what they cost: what several have in common is said once,
-- in lists, and each row names its caller and its arguments by their places there. The longer form is still taken.
create or replace function rowgate.open_audit(sealed text) returns jsonb
language plpgsql volatile as $$
declare
  parts text[] := string_to_array(sealed, '.');
  content jsonb;
  seconds_left numeric;
begin
  if octet_length(sealed) > 4194304 or cardinality(parts) <> 3 or parts[2] !~ '^[A-Za-z0-9+/]+={0,2}$'
    or not rowgate.authentic(parts[1], 'audit ' || parts[2], parts[3]) then
    return null;
  end if;
  content := convert_from(decode(parts[2], 'base64'), 'UTF8')::jsonb;
  -- In time when the transaction began: what a write does before its row may take longer than that.
  seconds_left := (content ->> 'exp')::numeric - extract(epoch from transaction_timestamp());
  if seconds_left > 0 and seconds_left <= 300 then
    return coalesce(content -> 'entries', rowgate.audit_entries(content));
  end if;
  return null;
exception when data_exception then
  return null;
end
$$;
--> statement-breakpoint
-- `{ id, callers: [[sub, tenant, client]], arguments: [hash], rows: [[caller, tool, outcome, at, ms, request, arguments, count,
-- target…]] }` with every row in full. `id` is the first row's; the last two digits of the others' count on from it.
create function rowgate.audit_entries(content jsonb) returns jsonb
language sql immutable as $$
  select jsonb_agg(jsonb_build_object(
    'id', left(content ->> 'id', 34) || lpad(to_hex(place - 1), 2, '0'),
    'sub', caller -> 0, 'tenant', caller -> 1, 'client', caller -> 2,
    'tool', item -> 1, 'outcome', item -> 2, 'at', item -> 3, 'ms', item -> 4, 'request', item -> 5,
    'arguments', content -> 'arguments' -> (item ->> 6)::integer,
    'count', item -> 7, 'targets', jsonb_path_query_array(item, '$[8 to last]')
  ) order by place)
  from jsonb_array_elements(content -> 'rows') with ordinality as r (item, place),
    lateral (select content -> 'callers' -> (item ->> 0)::integer) as c (caller)
$$;
--> statement-breakpoint
revoke all on function rowgate.audit_entries(jsonb) from public;
