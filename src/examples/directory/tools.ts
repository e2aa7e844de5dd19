/** Toolset directory: a tenant's users and their posts. */

import { listOutput, pageOutput } from '../../toolkit/page.ts'
import { ADDS, CHANGES, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { bulkUpdatePosts, createUserWithPosts, getUserWithPosts } from './posts.ts'
import {
  batchInsertedOutput,
  batchInsertUsersInput,
  bulkUpdatedOutput,
  bulkUpdatePostsInput,
  createdWithPostsOutput,
  createUserInput,
  createUserWithPostsInput,
  deletedUserOutput,
  deleteUserInput,
  getUsersInput,
  optimizedSearchInput,
  searchUsersInput,
  updateUserInput,
  userOutput,
  userSearchOutput,
  userWithPostsInput,
  userWithPostsOutput,
} from './schema.ts'
import {
  batchInsertUsers,
  createUser,
  deleteUser,
  getUsers,
  optimizedSearch,
  searchUsers,
  updateUser,
} from './service.ts'

const READ = 'directory:read'
const WRITE = 'directory:write'

export const directory: Toolset = {
  name: 'directory',
  title: 'Directory',
  engine: 'postgres',
  tables: { [READ]: ['directory.*'] },
  tools: [
    tool({
      name: 'create_user',
      title: 'Create a user',
      description: 'Adds a user to the tenant and returns it. An e-mail that another user has is a CONFLICT.',
      scope: WRITE,
      annotations: ADDS,
      input: createUserInput,
      output: userOutput,
      handler: (input, { caller, connections }) => createUser(connections.postgres, caller, input),
    }),
    tool({
      name: 'get_users',
      title: 'List users',
      description: "Lists the tenant's users, oldest first.",
      scope: READ,
      annotations: READS,
      input: getUsersInput,
      output: pageOutput,
      handler: (input, { connections }) => getUsers(connections.postgres, input),
    }),
    tool({
      name: 'search_users',
      title: 'Search users',
      description:
        'Finds users by a part of name or e-mail, newest first. Go on with `offset`. For whole words, ranked, use `optimized_search`.',
      scope: READ,
      annotations: READS,
      input: searchUsersInput,
      output: userSearchOutput,
      handler: (input, { connections }) => searchUsers(connections.postgres, input),
    }),
    tool({
      name: 'update_user',
      title: 'Change a user',
      description: 'Changes name, email or age of a user and returns it. Fields left out stay.',
      scope: WRITE,
      annotations: CHANGES,
      input: updateUserInput,
      output: userOutput,
      handler: (input, { connections }) => updateUser(connections.postgres, input),
    }),
    tool({
      name: 'delete_user',
      title: 'Delete a user',
      description: 'Hides a user from every tool and frees the e-mail, or removes user and posts for good.',
      scope: WRITE,
      annotations: CHANGES,
      input: deleteUserInput,
      output: deletedUserOutput,
      handler: (input, { connections }) => deleteUser(connections.postgres, input),
    }),
    tool({
      name: 'create_user_with_posts',
      title: 'Create a user with posts',
      description:
        'Adds a user and up to 50 posts, all or nothing. Returns the user and the ids of the posts. A retry is a CONFLICT: the e-mail is taken.',
      scope: WRITE,
      annotations: ADDS,
      input: createUserWithPostsInput,
      output: createdWithPostsOutput,
      handler: (input, { caller, connections }) => createUserWithPosts(connections.postgres, caller, input),
    }),
    tool({
      name: 'get_user_with_posts',
      title: 'Get a user with posts',
      description: 'Returns one user with the newest 100 posts.',
      scope: READ,
      annotations: READS,
      input: userWithPostsInput,
      output: userWithPostsOutput,
      handler: (input, { connections }) => getUserWithPosts(connections.postgres, input),
    }),
    tool({
      name: 'bulk_update_posts',
      title: 'Change posts of an author',
      description:
        "Gives all of an author's posts, or those in `post_ids`, the same title, content or published state. All or none; returns their ids.",
      scope: WRITE,
      annotations: CHANGES,
      input: bulkUpdatePostsInput,
      output: bulkUpdatedOutput,
      handler: (input, { connections }) => bulkUpdatePosts(connections.postgres, input),
    }),
    tool({
      name: 'optimized_search',
      title: 'Full-text search of users',
      description:
        'Finds users by whole words of name or e-mail, best match first. For parts of words use `search_users`.',
      scope: READ,
      annotations: READS,
      input: optimizedSearchInput,
      output: listOutput,
      // Per tenant: row security shows a tenant's users to all of its callers.
      cache: { ttlSeconds: 60, per: 'tenant', version: 1 },
      handler: (input, { connections }) => optimizedSearch(connections.postgres, input),
    }),
    tool({
      name: 'batch_insert_users',
      title: 'Insert many users',
      description:
        'Adds up to 10,000 users, all or none. Returns how many; reports progress when the call asks for it.',
      scope: WRITE,
      annotations: ADDS,
      input: batchInsertUsersInput,
      output: batchInsertedOutput,
      handler: (input, { caller, connections, progress }) =>
        batchInsertUsers(connections.postgres, caller, input, progress),
    }),
  ],
}
