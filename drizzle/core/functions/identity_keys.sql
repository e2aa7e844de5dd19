-- For the owner: installs a key, or replaces the one with the same id. To rotate keys, install a second id, switch the
-- Worker's IDENTITY_KEY to it, then retire the first.
create or replace function rowgate.install_key(key_id text, key bytea) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  block bytea := key;
  inner_pad bytea := decode(repeat('00', 64), 'hex');
  outer_pad bytea := inner_pad;
begin
  if key is null or octet_length(key) < 32 then
    raise exception 'an identity key is at least 32 random bytes' using errcode = '22023';
  end if;
  if octet_length(block) > 64 then
    block := sha256(block);
  end if;
  block := block || decode(repeat('00', 64 - octet_length(block)), 'hex');
  for i in 0..63 loop
    inner_pad := set_byte(inner_pad, i, get_byte(block, i) # 54);
    outer_pad := set_byte(outer_pad, i, get_byte(block, i) # 92);
  end loop;
  insert into rowgate.identity_keys as k values (key_id, inner_pad, outer_pad)
  on conflict on constraint identity_keys_pkey
    do update set inner_pad = excluded.inner_pad, outer_pad = excluded.outer_pad, installed_at = now();
end
$$;

-- For the owner: removes a key, so that every seal made with it is refused from then on. Returns whether it
-- existed.
create or replace function rowgate.retire_key(key_id text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from rowgate.identity_keys k where k.id = key_id;
  return found;
end
$$;
