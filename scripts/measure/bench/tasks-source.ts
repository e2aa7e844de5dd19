/** The benchmark's tasks as a declared source, with the view and the lock that `rowgate up` would make. */

import type { ColumnLock } from '../../../src/infra/config/lock-file.ts'
import type { DeclaredSource } from '../../../src/infra/config/sources.ts'

export const SOURCE = 'app'

const SCHEMA = 'agent'

/** Run by the owner, after the tables are there. */
export const VIEWS = `
  create schema ${SCHEMA};
  create view ${SCHEMA}.tasks with (security_barrier) as
    select id, title, description, completed, created_at, updated_at from public.tasks
    where user_id = (select rowgate.user_id());
  do $$ begin
    execute format('grant usage on schema ${SCHEMA} to %I', rowgate.login());
    execute format('grant select on ${SCHEMA}.tasks to %I', rowgate.login());
  end $$`

export const NO_VIEWS = `drop schema if exists ${SCHEMA} cascade`

function column(name: string, type: string, nullable = false): ColumnLock {
  return { name, type, nullable, hash: name }
}

export const TASKS_SOURCE: DeclaredSource = {
  name: SOURCE,
  connect: 'DATABASE_URL',
  audit: true,
  lock: {
    fileHash: '',
    database: 'app',
    viewSchema: SCHEMA,
    claims: [],
    tables: [
      {
        name: 'tasks',
        table: 'public.tasks',
        kind: 'table',
        columns: [
          column('id', 'uuid'),
          column('title', 'text'),
          column('description', 'text', true),
          column('completed', 'boolean'),
          column('created_at', 'timestamp with time zone'),
          column('updated_at', 'timestamp with time zone'),
        ],
        key: ['id'],
        references: [],
        rows: 'You see the rows whose `user_id` is you.',
        allow: ['find', 'get'],
        insert: [],
        update: [],
        set: {},
        order: { column: 'id', descending: true },
        confirm: { insert: 'never', update: 'never', delete: 'never' },
      },
    ],
    tools: [],
  },
}
