/** The OAuth client id of the deployment's own console. */

import type { Config } from '../../infra/config/settings.ts'

/** The console's client metadata document, whose URL is its id where nobody has registered it by hand. */
export const CONSOLE_CLIENT_PATH = '/console/client.json'
export const CONSOLE_PATH = '/console/'

/** `url`: any of this deployment's. */
export function consoleClientId(
  { CONSOLE_CLIENT_ID }: Pick<Config, 'CONSOLE_CLIENT_ID'>,
  url: string,
): string {
  return CONSOLE_CLIENT_ID ?? new URL(url).origin + CONSOLE_CLIENT_PATH
}
