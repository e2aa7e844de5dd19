/** The names that a request may have, of all revisions. */

/** What a log may name. Any other name is the client's own text. */
export const METHODS: ReadonlySet<string> = new Set([
  'tools/list',
  'tools/call',
  'initialize',
  'ping',
  'server/discover',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'subscriptions/listen',
  'completion/complete',
  'logging/setLevel',
  'tasks/get',
  'tasks/update',
  'tasks/cancel',
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])
