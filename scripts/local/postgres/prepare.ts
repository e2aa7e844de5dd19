/**
 * Prepares a database for the Worker of `npm start`: creates what is missing, with a confirmation if the
 * database is somebody else's. Its secrets are stored in one folder. A password or key that is not in this
 * folder is never replaced.
 */

import { join } from 'node:path'
import { Refusal } from '../../cli/cli-error.ts'
import { findSecret, keptSecret } from '../directory.ts'
import { exampleNames } from '../migration-files.ts'
import type { Login, Owner } from './backend.ts'
import { isSameKey, newIdentityKey } from './identity-key.ts'
import { newPassword } from './login.ts'
import { type MigrationOptions, type MigrationPlan, planMigration, runMigration } from './migrations.ts'

/** Id of the local identity key. `npm run db:migrate` numbers its keys differently. */
const LOCAL_KEY_ID = 'local'

/** The login's password in the folder of a database. */
export const PASSWORD_FILE = 'login-password'
export const KEY_FILE = 'identity-key'

export interface Preparation extends Pick<MigrationOptions, 'examples' | 'login' | 'earlier'> {
  readonly owner: Owner
  /** Folder of this database's secrets. */
  readonly folder: string
  /** Called with the plan before it runs. Throws to stop it. */
  confirm?(plan: MigrationPlan): Promise<void>
  /** Whether the server accepts this login. */
  logsIn?(login: Login): Promise<boolean>
}

export interface Prepared {
  readonly login: Login
  readonly identityKey: string
}

export async function prepareDatabase(preparation: Preparation): Promise<Prepared> {
  const { owner, folder, confirm, logsIn } = preparation
  const plan = await planMigration(owner, preparation)
  if (!plan.makesLogin) await refuseUnknownPassword(plan, folder, logsIn)
  await refuseForeignKey(plan, folder)
  if (plan.files.length > 0 || plan.makesLogin || plan.adoptsLogin || plan.installsKey) await confirm?.(plan)
  const identityKey = await keptSecret(folder, KEY_FILE, async () => newIdentityKey(LOCAL_KEY_ID))
  const password = await keptSecret(folder, PASSWORD_FILE, async () => newPassword())
  await runMigration(owner, plan, { password, identityKey })
  return { login: { user: plan.login, password, database: plan.state.database }, identityKey }
}

/** The embedded Postgres of a data folder. It belongs to the folder, so nobody is asked. */
export async function prepareEmbedded(
  owner: Owner,
  directory: string,
  examples: readonly string[],
): Promise<Prepared> {
  return await prepareDatabase({
    owner,
    folder: directory,
    examples: exampleNames('postgresql', examples),
    earlier: `Remove its data: rm -rf ${join(directory, 'postgres')}`,
  })
}

/** An existing login keeps its password, because others may use it. */
async function refuseUnknownPassword(
  { login, state }: MigrationPlan,
  folder: string,
  logsIn: Preparation['logsIn'],
): Promise<void> {
  const file = join(folder, PASSWORD_FILE)
  const password = await findSecret(folder, PASSWORD_FILE)
  const remedy = `Write its password into ${file}, or set --data to the folder in which it is kept; a lost one is replaced by: alter role "${login}" password '…'.`
  if (password === undefined) {
    throw new Refusal(
      `The login "${login}" is there already, its password is not known here, and it is not reset. ${remedy}`,
    )
  }
  if (await (logsIn?.({ user: login, password, database: state.database }) ?? true)) return
  throw new Refusal(
    `The server refuses the password of the login "${login}" that is kept in ${file}. ${remedy}`,
  )
}

/** A key's holder can act as every caller, so a deployment's database gets no second key from here. */
async function refuseForeignKey({ state }: MigrationPlan, folder: string): Promise<void> {
  if (state.keys.length === 0) return
  const file = join(folder, KEY_FILE)
  const key = await findSecret(folder, KEY_FILE)
  if (key !== undefined && state.keys.some((installed) => isSameKey(installed, key))) return
  throw new Refusal(
    `This database has an identity key already ("${state.keys.map(({ id }) => id).join('", "')}"), of a deployment or of another folder, and a second one that speaks for all its callers is not installed. Use another database, or write that key, as IDENTITY_KEY has it, into ${file}.`,
  )
}
