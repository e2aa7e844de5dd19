/** The collection of people: one owner a document, an e-mail address once in a tenant. */

import type { Collection } from '../../data/mongodb/capability.ts'

export const people: Collection = {
  name: 'people',
  dates: ['created_at'],
  uniqueInTenant: 'email',
  conflict: 'There is already a person with this e-mail address.',
}
