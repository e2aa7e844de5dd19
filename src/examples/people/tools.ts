/** Toolset people: documents about people in MongoDB, each with one owner. */

import { ADDS, READS, type Toolset, tool } from '../../toolkit/tool.ts'
import { aggregateInput, createUserInput, documentsOutput, findUsersInput, personOutput } from './schema.ts'
import { aggregateUsers, createUser, findUsers } from './service.ts'

const READ = 'people:read'
const WRITE = 'people:write'

export const people: Toolset = {
  name: 'people',
  title: 'People',
  engine: 'mongodb',
  tools: [
    tool({
      name: 'create_user_mongo',
      title: 'Add a person',
      description:
        "Adds a person with name, e-mail and free metadata, and returns it. An e-mail that another of the user's people has is a CONFLICT.",
      scope: WRITE,
      annotations: ADDS,
      input: createUserInput,
      output: personOutput,
      handler: (input, { connections }) => createUser(connections.mongodb, input, new Date()),
    }),
    tool({
      name: 'find_users_mongo',
      title: 'Find people',
      description:
        "Finds the user's people by a MongoDB filter, with sort and projection. Go on with `skip`. Operators that run code or read elsewhere are refused.",
      scope: READ,
      annotations: READS,
      input: findUsersInput,
      output: documentsOutput,
      handler: (input, { connections }) => findUsers(connections.mongodb, input),
    }),
    tool({
      name: 'aggregate_user_stats',
      title: 'Statistics of people',
      description:
        "Runs a MongoDB aggregation pipeline over the user's people, or counts them. Stages that write or read elsewhere are refused.",
      scope: READ,
      annotations: READS,
      input: aggregateInput,
      output: documentsOutput,
      handler: (input, { connections }) => aggregateUsers(connections.mongodb, input),
    }),
  ],
}
