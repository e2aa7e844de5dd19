/**
 * The tenant claim of local tokens: the AUTH_TENANT_CLAIM with which this data folder's endpoint was started.
 */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'tenant-claim'

/** For an endpoint without AUTH_TENANT_CLAIM, which ignores the claim. */
const UNREAD = 'tenant'

/** The tenant by default, and that of the examples. */
export const DEFAULT_TENANT = 'default'

export async function keepTenantClaim(directory: string, claim: string | undefined): Promise<void> {
  const path = join(directory, FILE)
  await (claim === undefined ? rm(path, { force: true }) : writeFile(path, claim))
}

export async function tenantClaimOf(directory: string): Promise<string> {
  return process.env.AUTH_TENANT_CLAIM || (await readFile(join(directory, FILE), 'utf8').catch(() => UNREAD))
}
