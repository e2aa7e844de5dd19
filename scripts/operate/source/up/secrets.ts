/** The secrets of a source: those that `up` keeps or makes, and what of them this machine knows already. */

import { sourceIdentityKey } from '../../../../src/infra/identity-key.ts'
import { findSecret, serverDirectory } from '../../../local/directory.ts'
import { isSameKey } from '../../../local/postgres/identity-key.ts'
import { newPassword } from '../../../local/postgres/login.ts'
import { KEY_FILE, PASSWORD_FILE } from '../../../local/postgres/prepare.ts'
import { findSourceSecrets, masterIdentityKey, type SourceSecrets } from '../../../local/source-secrets.ts'
import { EMBEDDED } from '../owner.ts'
import type { SourcePlan } from '../source-plan.ts'

export interface Secrets {
  readonly identityKey: string
  readonly installsKey: boolean
  readonly password: string
  /** Undefined where the login is another's and its password is not known here. */
  readonly kept: SourceSecrets | undefined
}

export async function secretsFor(plan: SourcePlan, url: string, directory: string): Promise<Secrets> {
  const { source, migration, catalogue } = plan
  const identityKey = await sourceIdentityKey(await masterIdentityKey(directory), source.name)
  const known = await findSourceSecrets(directory, source.name)
  const ownerUrl = url === EMBEDDED ? undefined : withoutPassword(url)
  const isSame =
    known !== undefined &&
    known.login === migration.login &&
    known.database === catalogue.database &&
    isSameServer(known.ownerUrl, ownerUrl)
  const folder = url === EMBEDDED ? directory : await serverDirectory(directory, url)
  const kept = isSame
    ? known.password
    : migration.makesLogin
      ? undefined
      : await findSecret(folder, PASSWORD_FILE)
  const password = kept ?? newPassword()
  const { keys } = migration.state
  const isInstalled = keys.some((key) => isSameKey(key, identityKey))
  // Whoever holds a key speaks for every caller: another's database gets none that was made here unasked.
  const own = await findSecret(folder, KEY_FILE)
  const holdsOne = own !== undefined && keys.some((key) => isSameKey(key, own))
  const mayInstall = keys.length === 0 || holdsOne || Boolean(process.env.IDENTITY_KEY)
  return {
    identityKey,
    installsKey: !isInstalled && mayInstall,
    password,
    kept:
      kept !== undefined || migration.makesLogin
        ? {
            ...(ownerUrl === undefined ? {} : { ownerUrl }),
            database: catalogue.database,
            login: migration.login,
            password,
          }
        : undefined,
  }
}

function withoutPassword(url: string): string {
  return Object.assign(new URL(url), { password: '' }).href
}

/** Whoever the owner is. */
function isSameServer(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other
  const [a, b] = [new URL(one), new URL(other)]
  return a.host === b.host && a.pathname === b.pathname
}
