-- Title search, best match first. Titles that contain the query come first: the shortest, and those with it
-- as whole words, before the others. Similar titles fill the rest of the page; the fewer matches there are,
-- the lower the required similarity. The number of compared titles is limited, even for a word such as "the",
-- which is in half of them.
--
-- SECURITY DEFINER, for the trigram index. Under a policy that checks the caller's identity, Postgres does
-- not use the index for the restricted login, because its operator is not LEAKPROOF and could reveal hidden
-- rows. It would compare every row: 100 ms for 16,000 titles instead of 5. The owner's own policy is a plain
-- `true`, so the owner can use the index. The function therefore checks for an identity itself, first. It
-- returns only ids; the caller reads the rows under its policies.
--
-- enable_seqscan and enable_indexscan are off to leave only a bitmap scan of the trigram index. The planner
-- takes a trigram comparison to be as cheap as any operator, and would scan a table of this size or another
-- index.
create or replace function netflix.search_titles(
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
declare
  needle text := lower(wanted);
  escaped text := replace(replace(replace(needle, '!', '!!'), '%', '!%'), '_', '!_');
  ascii boolean := needle !~ '[^ -~]';
  -- Only text of this function is put into the statement below, none of a caller. "words" stands for the
  -- indexed expression.
  holds text := case
    -- One letter must be a word and two must begin one: inside words they would match half of all titles.
    when ascii and char_length(needle) = 1 then
      '(words = $1 or words like $2 || '' %'' escape ''!'' or words like ''% '' || $2 escape ''!'' or words like ''% '' || $2 || '' %'' escape ''!'')'
    when ascii and char_length(needle) = 2 then
      '(words like $2 || ''%'' escape ''!'' or words like ''% '' || $2 || ''%'' escape ''!'')'
    -- Two characters of another script make no trigram for the index, and reading all titles is fast.
    when char_length(needle) <= 2 then
      '(t.title like ''%'' || $2 || ''%'' escape ''!'' or t.original_title like ''%'' || $2 || ''%'' escape ''!''
        or t.title like ''%'' || initcap($2) || ''%'' escape ''!'' or t.original_title like ''%'' || initcap($2) || ''%'' escape ''!'')'
    else '(words like ''%'' || $2 || ''%'' escape ''!'')'
  end;
  -- $9 limits the titles of each kind that are compared; a page has at most 51.
  statement text := $sql$
    with found as (
      (select 'movie' as kind, t.id, t.title, words as WORDS
        from netflix.movie t
        where condition
          and $3 is distinct from 'show'
          and ($4 is null or t.locale = $4)
          and ($5 is null or t.release_date >= $5)
          and ($6 is null or t.release_date <= $6)
          and ($7 is null or t.available_globally = $7)
        order by ' ' || words || ' ' like '% ' || $2 || ' %' escape '!' desc, char_length(t.title), t.id
        limit $9)
      union all
      (select 'show', w.id, w.title, words
        from netflix.season t
        join netflix.tv_show w on w.id = t.tv_show_id
        where condition
          and $3 is distinct from 'movie'
          and ($4 is null or w.locale = $4)
          and ($5 is null or t.release_date >= $5)
          and ($6 is null or t.release_date <= $6)
          and ($7 is null or w.available_globally = $7)
        order by ' ' || words || ' ' like '% ' || $2 || ' %' escape '!' desc, char_length(w.title), t.id
        limit $9)
    )
    select f.kind, f.id, max(
      0.6 * public.word_similarity($1, f.WORDS) + 0.4 * public.similarity($1, f.title)
    )::real as score
    from found f
    group by f.kind, f.id
    order by score desc, f.kind, f.id
    limit $8
  $sql$;
  expression constant text := 'lower(t.title || '' '' || coalesce(t.original_title, ''''))';
  compared constant integer := 300;
  -- A typing error breaks up to four trigrams of a word, and a short word has at most eight. Below these
  -- thresholds thousands of titles match: those that share the word "the" with the query, or the beginning of
  -- a word of four letters.
  typos constant text[] := case
    when needle like '% %' then array['0.52', '0.45']
    when char_length(needle) < 5 then array['0.45']
    else array['0.36']
  end;
  alike text;
  held integer;
  added integer;
begin
  if rowgate.user_id() is null then
    return;
  end if;
  return query execute replace(replace(statement, 'condition', holds), 'words', expression)
    using needle, escaped, only_kind, only_locale, released_from, released_to, only_globally_available, max_rows, compared;
  get diagnostics held = row_count;
  if held >= max_rows or char_length(needle) <= 2 then
    return;
  end if;
  statement := replace(replace(statement, 'condition', '($1 operator(public.<%) words and not ' || holds || ')'), 'words', expression);
  foreach alike in array case when held > 0 then array['0.7'] else typos end loop
    perform set_config('pg_trgm.word_similarity_threshold', alike, true);
    return query execute statement
      using needle, escaped, only_kind, only_locale, released_from, released_to, only_globally_available, max_rows, compared;
    get diagnostics added = row_count;
    exit when added > 0;
  end loop;
end
$$;

revoke all on function netflix.search_titles from public;

do $$
begin
  execute pg_catalog.format('grant execute on function netflix.search_titles to %I', rowgate.login());
end
$$;
