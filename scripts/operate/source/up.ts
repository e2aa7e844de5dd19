/**
 * `rowgate up`: shows the plan, asks, and makes core and the door in one transaction. It may be run again: it
 * makes what is missing or was changed. Secrets that it makes are kept in the data folder and printed once.
 */

import { sourceIdentityKey } from '../../../src/infra/identity-key.ts'
import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { openDirectory } from '../../local/directory.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { installKeyStatement, isSameKey } from '../../local/postgres/identity-key.ts'
import { newPassword } from '../../local/postgres/login.ts'
import { runMigration } from '../../local/postgres/migrations.ts'
import {
  findSourceSecrets,
  keepSourceSecrets,
  masterIdentityKey,
  type SourceSecrets,
  workerUrl,
} from '../../local/source-secrets.ts'
import { confirm } from './confirm.ts'
import { writeSourceLock } from './lock-file.ts'
import { LOCK_TIMEOUT, namingLockHolders } from './lock-wait.ts'
import { EMBEDDED, keepOwnerUrl, withSourceOwner } from './owner.ts'
import { planText } from './plan-text.ts'
import {
  type DeclaredSource,
  declaredSources,
  planSource,
  refuseOneUrlForMany,
  type SourcePlan,
} from './source-plan.ts'

export interface UpOptions {
  /** The owner's URL without a password; default: the one that was used before. */
  readonly url?: string | undefined
  readonly source?: string | undefined
  /** Whether nobody is asked. */
  readonly yes: boolean
  readonly login?: string | undefined
  /** Default: rowgate.yaml of the project. */
  readonly file?: string | undefined
  /** The data folder. */
  readonly directory: string
}

export async function up(options: UpOptions): Promise<void> {
  const sources = await declaredSources(options)
  refuseOneUrlForMany(options.url, sources)
  const directory = await openDirectory(options.directory)
  for (const source of sources) {
    const place = { directory, source: source.name }
    await withSourceOwner(place, options.url, (owner, url) =>
      upSource(owner, { url, source, options: { ...options, directory } }),
    )
    if (options.url !== undefined) await keepOwnerUrl(place, options.url)
  }
}

interface Work {
  /** The owner's, with its password; or `EMBEDDED`. */
  readonly url: string
  readonly source: DeclaredSource
  readonly options: UpOptions
}

async function upSource(owner: Owner, { url, source, options }: Work): Promise<void> {
  const plan = await planSource(owner, source, { login: options.login })
  const { door, migration, isMade } = plan
  print(planText(plan))
  if (door.refusals.length > 0) {
    throw new Refusal(
      'Nothing was changed: change rowgate.yaml or the database where something is refused above, and run this again.',
    )
  }
  const { makesLogin, adoptsLogin, files } = migration
  const secrets = await secretsFor(plan, url, options.directory)
  const changes = !isMade || makesLogin || adoptsLogin || files.length > 0 || secrets.installsKey
  if (changes && !options.yes) await confirm(`Make this in the database ${plan.catalogue.database}?`)
  // Before the transaction: a password that is set and not kept would be lost.
  if (secrets.kept !== undefined) await keepSourceSecrets(options.directory, source.name, secrets.kept)
  if (changes) {
    await namingLockHolders(url === EMBEDDED ? undefined : owner, () =>
      runMigration(
        owner,
        { ...migration, installsKey: false },
        {
          password: secrets.password,
          lockTimeout: LOCK_TIMEOUT,
          further: [
            ...(secrets.installsKey ? [installKeyStatement(secrets.identityKey)] : []),
            ...(isMade ? [] : door.statements),
          ],
        },
      ),
    )
  }
  await writeSourceLock(source.lockPath, source.name, door.lock)
  print(
    changes
      ? `Made. ${source.lockPath} says what the Worker serves: commit it.`
      : 'The database is up to date.',
  )
  print(await secretLines(plan, secrets, options.directory))
}

interface Secrets {
  readonly identityKey: string
  readonly installsKey: boolean
  readonly password: string
  /** Undefined where the login is another's and its password is not known here. */
  readonly kept: SourceSecrets | undefined
}

async function secretsFor(plan: SourcePlan, url: string, directory: string): Promise<Secrets> {
  const { source, migration, catalogue } = plan
  const identityKey = await sourceIdentityKey(await masterIdentityKey(directory), source.name)
  const known = await findSourceSecrets(directory, source.name)
  const ownerUrl = url === EMBEDDED ? undefined : withoutPassword(url)
  const isSame =
    known !== undefined &&
    known.login === migration.login &&
    known.database === catalogue.database &&
    isSameServer(known.ownerUrl, ownerUrl)
  const password = isSame ? known.password : newPassword()
  const { keys } = migration.state
  const isInstalled = keys.some((key) => isSameKey(key, identityKey))
  // Whoever holds a key speaks for every caller. Another's database gets none that was made here unasked.
  const mayInstall = keys.length === 0 || url === EMBEDDED || Boolean(process.env.IDENTITY_KEY)
  return {
    identityKey,
    installsKey: !isInstalled && mayInstall,
    password,
    kept:
      isSame || migration.makesLogin
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

/** What a deployment is given, once: when it was made. */
async function secretLines(plan: SourcePlan, secrets: Secrets, directory: string): Promise<string> {
  const { migration, source } = plan
  const { connect } = source.file
  const isNew = migration.makesLogin || secrets.installsKey
  const hasKey =
    secrets.installsKey || migration.state.keys.some((key) => isSameKey(key, secrets.identityKey))
  const lines = [
    ...(hasKey
      ? []
      : [
          "The database has an identity key that was not made here: run this with IDENTITY_KEY set to the deployment's, or `npm start` cannot serve this source.",
        ]),
    ...(secrets.kept === undefined
      ? [
          `The password of ${migration.login} is not known here, so \`npm start\` cannot serve this source: a lost one is replaced by: alter role "${migration.login}" password '…'.`,
        ]
      : []),
  ]
  if (!isNew || secrets.kept === undefined) return lines.join('\n')
  const url = workerUrl(secrets.kept)
  if (url === undefined) return [...lines, 'Run `npm start` to serve it.'].join('\n')
  return [
    ...lines,
    `\`npm start\` finds its secrets in ${directory}. For a deployment (they are not shown again; put each as the value that wrangler asks for):`,
    '',
    '    npx wrangler secret put IDENTITY_KEY',
    `        ${await masterIdentityKey(directory)}`,
    ...(connect.startsWith('HYPERDRIVE')
      ? [
          `    npx wrangler hyperdrive create ${source.name} --connection-string=… (then bind it as ${connect})`,
        ]
      : [`    npx wrangler secret put ${connect}`]),
    `        ${url}`,
  ].join('\n')
}
