/**
 * Toolsets of the tests' Worker: core with the examples. Where the example `tasks` was deleted, the to-do
 * list of the measurements stands in for it, so that core's tests need no example.
 */

import { tasks } from '../../../../scripts/measure/tasks/tools.ts'
import { toolsets as withExamples } from '../../../../src/with-examples.ts'

export const hasTasks = withExamples.some(({ name }) => name === tasks.name)

export const toolsets = hasTasks ? withExamples : [...withExamples, tasks]
