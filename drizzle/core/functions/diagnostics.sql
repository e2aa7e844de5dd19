-- Diagnostics for callers with the scope `system:read`: figures, names of tables and indexes, and slow
-- statements without their values. It runs as the owner, because the login sees nobody else's statistics, and
-- returns no row of any table.
--
-- Slow statements are Rowgate's own: a caller's statement keeps its comments and names even without its
-- values. It is recognised by `prepare …`, or, after a reset of the statistics, by the wrapper of
-- `src/sql-guard/wrap.ts`. Both are left out.
create or replace function rowgate.diagnostics() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
declare
  statements_view text := (
    select format('%I.pg_stat_statements', n.nspname)
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'
  );
  slow jsonb;
begin
  if not rowgate.has_scope('system:read') then
    raise exception 'the scope system:read is needed' using errcode = '42501';
  end if;
  if statements_view is not null then
    begin
      -- Only statements that the planner normalised, since a utility statement keeps its literals, and none
      -- with the wrapper of `src/sql-guard/wrap.ts`.
      execute format($q$
        select coalesce(jsonb_agg(jsonb_build_object('id', s.queryid::text, 'calls', s.calls, 'mean_ms', round(s.mean_exec_time::numeric, 3),
          'total_ms', round(s.total_exec_time::numeric, 3), 'rows', s.rows, 'text', left(s.query, 300)) order by s.mean_exec_time desc, s.queryid), '[]')
        from (
          select * from %s
          where userid = (select w.role from rowgate.worker_login w) and dbid = (select oid from pg_database where datname = current_database())
            and query ~* '^\s*(select|insert|update|delete|with)\y'
            and query !~ '^\s*select \* from \(\n'
          order by mean_exec_time desc, queryid limit 10
        ) s $q$, statements_view) into slow;
    exception when others then
      slow := null;
    end;
  end if;
  return jsonb_build_object(
    'version', current_setting('server_version'),
    'database_bytes', pg_database_size(current_database()),
    'started_at', pg_postmaster_start_time(),
    'connections', (
      select jsonb_build_object('open', count(*), 'active', count(*) filter (where state = 'active'),
        'max', current_setting('max_connections')::integer)
      from pg_stat_activity where datname = current_database()
    ),
    'cache_hit_ratio', (
      select round(blks_hit::numeric / nullif(blks_hit + blks_read, 0), 4) from pg_stat_database where datname = current_database()
    ),
    'transactions', (
      select jsonb_build_object('committed', xact_commit, 'rolled_back', xact_rollback, 'deadlocks', deadlocks, 'temp_bytes', temp_bytes)
      from pg_stat_database where datname = current_database()
    ),
    'tables', (
      select coalesce(jsonb_agg(t.it order by t.bytes desc, t.relid), '[]') from (
        select s.relid, pg_total_relation_size(s.relid) as bytes, jsonb_build_object(
          'table', quote_ident(s.schemaname) || '.' || quote_ident(s.relname),
          'rows_estimated', case when c.reltuples >= 0 then c.reltuples::bigint end,
          'bytes', pg_total_relation_size(s.relid), 'index_bytes', pg_indexes_size(s.relid), 'sequential_scans', coalesce(s.seq_scan, 0),
          'index_scans', coalesce(s.idx_scan, 0), 'dead_rows', s.n_dead_tup,
          'last_vacuum', greatest(s.last_vacuum, s.last_autovacuum), 'last_analyze', greatest(s.last_analyze, s.last_autoanalyze)
        ) as it
        from pg_stat_user_tables s join pg_class c on c.oid = s.relid
        order by pg_total_relation_size(s.relid) desc, s.relid limit 50
      ) t
    ),
    'indexes', (
      select coalesce(jsonb_agg(i.it order by i.scans, i.bytes desc, i.indexrelid), '[]') from (
        select s.indexrelid, s.idx_scan as scans, pg_relation_size(s.indexrelid) as bytes, jsonb_build_object(
          'index', quote_ident(s.indexrelname), 'table', quote_ident(s.schemaname) || '.' || quote_ident(s.relname), 'scans', s.idx_scan,
          'bytes', pg_relation_size(s.indexrelid), 'unique', x.indisunique) as it
        from pg_stat_user_indexes s join pg_index x on x.indexrelid = s.indexrelid
        order by s.idx_scan, pg_relation_size(s.indexrelid) desc, s.indexrelid limit 50
      ) i
    ),
    'slow_statements', slow,
    'settings', (
      select jsonb_object_agg(name, setting || coalesce(' ' || unit, '')) from pg_settings
      where name in ('max_connections', 'shared_buffers', 'work_mem', 'maintenance_work_mem', 'effective_cache_size', 'random_page_cost',
        'autovacuum', 'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'default_transaction_isolation',
        'jit', 'max_parallel_workers_per_gather', 'synchronous_commit', 'wal_level')
    )
  );
end
$$;
