/**
 * The tenant claims of local tokens: AUTH_TENANT_CLAIM and those of the sources, as this data folder's
 * endpoint was started with them.
 */

import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const FILE = 'tenant-claim'

/** For an endpoint without AUTH_TENANT_CLAIM, which ignores the claim. */
const UNREAD = 'tenant'

/** None for an endpoint that reads no such claim. */
export async function keepTenantClaims(directory: string, claims: readonly string[]): Promise<void> {
  const path = join(directory, FILE)
  await (claims.length === 0 ? rm(path, { force: true }) : writeFile(path, claims.join('\n')))
}

/** At least one. */
export async function tenantClaimsOf(directory: string): Promise<readonly string[]> {
  const kept = await readFile(join(directory, FILE), 'utf8').catch(() => UNREAD)
  const { AUTH_TENANT_CLAIM: set } = process.env
  return [...new Set([...(set ? [set] : []), ...kept.split('\n')])]
}
