/** The file of the database of app.ts, and its rows: two organisations, told apart by their first digit. */

import type { Source } from './open-views.ts'

export const ONE = '11111111-1111-4111-8111-111111111111'
export const TWO = '22222222-2222-4222-8222-222222222222'

export const ROWS = `
insert into app.orgs (id, name, slug) values ('${ONE}', 'One', 'one'), ('${TWO}', 'Two', 'two');
insert into billing.orgs values ('${ONE}', 'free'), ('${TWO}', 'pro');
insert into app.members (org_id, external_sub, full_name, email, phone, salary, born, photo) values
  ('${ONE}', 'alice', 'Alice A', 'alice@one.example', '+49 30 1234567', 5000.50, '1980-05-06', 'abc'),
  ('${ONE}', 'amir', 'Amir', 'a@one.example', '12345', 4000, null, null),
  ('${TWO}', 'bob', 'Bob B', 'not an address', null, 6000, '1990-01-01', 'abcdef');
insert into app.projects (org_id, title) values ('${ONE}', 'P1'), ('${TWO}', 'P2');
insert into app.issues (org_id, project_id, reporter_id, title, status) values
  ('${ONE}', 1, 1, 'first', 'open'), ('${ONE}', 1, 2, 'second', 'done'), ('${TWO}', 2, 3, 'secret plan', 'open');
insert into app.comments (issue_id, author_id, text) values (1, 1, 'c1'), (3, 3, 'c2');
insert into app."order" values (1, '${ONE}', 'x', 9.99), (2, '${TWO}', 'y', 1);
insert into app.readings values ('${ONE}', '2026-02-01', 1, '[2026-01-01,2026-02-01)'), ('${TWO}', '2027-02-01', 2, null);
insert into app.logs values (now(), 'a line');
refresh materialized view app.issue_counts;
analyze;
`

export function appSource(enforce: 'views' | 'policies'): Source {
  return {
    enforce,
    schemas: ['app', 'billing'],
    identity: {
      tenant: { claim: 'org_id', type: 'uuid', column: 'org_id' },
      user: { lookup: 'members.external_sub', as: 'member_id' },
    },
    tables: {
      'app.orgs': { rows: { id: 'tenant' } },
      'billing.orgs': { rows: { via: 'id -> app.orgs' } },
      projects: { rows: 'tenant' },
      members: {
        rows: 'tenant',
        columns: {
          id: 'show',
          full_name: 'show',
          external_sub: 'hash',
          email: 'mask(email)',
          phone: 'mask(last 4)',
          salary: { scope: 'hr:read' },
          born: 'year',
          photo: 'size',
        },
      },
      issues: {
        rows: 'tenant',
        allow: ['find', 'get', 'insert', 'update', 'delete'],
        insert: ['project_id', 'title', 'body'],
        update: ['title', 'status'],
        set: { reporter_id: 'user.member_id' },
        order: '-id',
      },
      comments: {
        rows: { via: 'issue_id -> issues' },
        allow: ['find', 'insert'],
        insert: ['issue_id', 'text'],
      },
      order: { rows: 'tenant' },
      readings: { rows: 'tenant', scope: 'sensors:read' },
      member_names: { rows: 'tenant', columns: { id: 'show', org_id: 'show' } },
      issue_counts: { rows: 'tenant' },
      logs: { rows: 'all', accept: ['row security'] },
    },
  }
}
