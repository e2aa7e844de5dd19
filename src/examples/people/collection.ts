/** The collection of people: each document has one owner, and an e-mail is unique among an owner's. */

import type { Collection } from '../../data/mongodb/capability.ts'

export const people: Collection = {
  name: 'people',
  dates: ['created_at'],
  uniqueAmongOwn: 'email',
  conflict: 'You have a person with this e-mail address already.',
}
