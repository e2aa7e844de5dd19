/** The collection of people: each document has one owner, and an e-mail is unique within a tenant. */

import type { Collection } from '../../data/mongodb/capability.ts'

export const people: Collection = {
  name: 'people',
  dates: ['created_at'],
  uniqueInTenant: 'email',
  conflict: 'There is already a person with this e-mail address.',
}
