-- The catalogue is public data: the restricted login reads it as any identified caller, and only the owner writes.
grant usage on schema netflix to rowgate_app;
--> statement-breakpoint
select rowgate.protect('netflix.movie', 'select');
--> statement-breakpoint
select rowgate.protect('netflix.tv_show', 'select');
--> statement-breakpoint
select rowgate.protect('netflix.season', 'select');
--> statement-breakpoint
select rowgate.protect('netflix.view_summary', 'select');
--> statement-breakpoint
-- Titles like `wanted`, best first. Under a policy that asks for an identity Postgres will not use a trigram index for
-- the restricted login: the operator could leak what the policy hides, so every row would be compared (100 ms at
-- 16,000 titles instead of 5). The owner's own policy is a plain `true`, which leaves the index free, so the search runs
-- as the owner and asks for the identity itself, first. It returns ids only; the caller reads the rows under its policies.
-- Postgres takes a trigram comparison to be as cheap as any operator and would walk tables of this size, row by row or along
-- another index; a bitmap of the trigram index is the only way left to it here.
create function netflix.search_titles(
  wanted text,
  only_kind text,
  only_locale text,
  released_from date,
  released_to date,
  only_globally_available boolean,
  max_rows integer
) returns table (kind text, id bigint, score real)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set pg_trgm.word_similarity_threshold = 0.45
set enable_seqscan = off
set enable_indexscan = off
as $$
#variable_conflict use_column
declare
  needle text := lower(wanted);
  escaped text := replace(replace(replace(needle, '!', '!!'), '%', '!%'), '_', '!_');
  -- Inside of a word too; of one or two Latin letters that would be half of all titles.
  pattern text := case when char_length(needle) > 2 or needle ~ '[^ -~]' then '%' || escaped || '%' else escaped end;
begin
  if rowgate.user_id() is null then
    return;
  end if;
  return query
    with found as (
      select 'movie' as kind, m.id, m.title, lower(m.title || ' ' || coalesce(m.original_title, '')) as words
      from netflix.movie m
      where (needle operator(public.<%) lower(m.title || ' ' || coalesce(m.original_title, ''))
          or lower(m.title || ' ' || coalesce(m.original_title, '')) like pattern escape '!')
        and only_kind is distinct from 'show'
        and (only_locale is null or m.locale = only_locale)
        and (released_from is null or m.release_date >= released_from)
        and (released_to is null or m.release_date <= released_to)
        and (only_globally_available is null or m.available_globally = only_globally_available)
      union all
      select 'show', t.id, t.title, lower(s.title || ' ' || coalesce(s.original_title, ''))
      from netflix.season s
      join netflix.tv_show t on t.id = s.tv_show_id
      where (needle operator(public.<%) lower(s.title || ' ' || coalesce(s.original_title, ''))
          or lower(s.title || ' ' || coalesce(s.original_title, '')) like pattern escape '!')
        and only_kind is distinct from 'movie'
        and (only_locale is null or t.locale = only_locale)
        and (released_from is null or s.release_date >= released_from)
        and (released_to is null or s.release_date <= released_to)
        and (only_globally_available is null or t.available_globally = only_globally_available)
    ), scored as (
      select f.kind, f.id, max(
        0.6 * public.word_similarity(needle, f.words) + 0.4 * public.similarity(needle, f.title)
      )::real as score
      from found f
      group by f.kind, f.id
    )
    select s.kind, s.id, s.score from scored s order by s.score desc, s.kind, s.id limit max_rows;
end
$$;
--> statement-breakpoint
revoke all on function netflix.search_titles from public;
--> statement-breakpoint
grant execute on function netflix.search_titles to rowgate_app;
