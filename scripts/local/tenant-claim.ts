/** Which claim of a local token names the tenant: the one that the endpoint of this data folder was started with. */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'tenant-claim'

/** Where AUTH_TENANT_CLAIM is not set the Worker reads no claim, and a token may say what it likes. */
const UNREAD = 'tenant'

/** The tenant of a token that names no other; the examples are in it. */
export const DEFAULT_TENANT = 'default'

export async function keepTenantClaim(directory: string, claim: string | undefined): Promise<void> {
  const path = join(directory, FILE)
  await (claim === undefined ? rm(path, { force: true }) : writeFile(path, claim))
}

export async function tenantClaimOf(directory: string): Promise<string> {
  return process.env.AUTH_TENANT_CLAIM || (await readFile(join(directory, FILE), 'utf8').catch(() => UNREAD))
}
