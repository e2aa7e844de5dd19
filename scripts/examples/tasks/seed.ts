/** Seeds a few tasks for alice and bob into an empty table, so deleted ones stay deleted. */

import type { Owner } from '../../local/postgres/backend.ts'

export async function seed(owner: Owner): Promise<string> {
  const { rowCount } = await owner(`
    insert into public.tasks (id, user_id, title, description, completed)
    select id::uuid, user_id, title, description, completed
    from (values
      ('019aa000-0000-7000-8000-000000000001', 'alice', 'Read the README', 'The part on security too', true),
      ('019aa000-0000-7000-8000-000000000002', 'alice', 'Connect an agent', 'Give it the URL and the token', false),
      ('019aa000-0000-7000-8000-000000000003', 'alice', 'Water the plants', null, false),
      ('019aa000-0000-7000-8000-000000000004', 'bob', 'Buy bread', null, false),
      ('019aa000-0000-7000-8000-000000000005', 'bob', 'Call the dentist', 'Before noon', false)
    ) as seeds (id, user_id, title, description, completed)
    where not exists (select from public.tasks)`)
  return `${rowCount ?? 0} tasks`
}
