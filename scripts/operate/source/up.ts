/**
 * `rowgate up`: shows the plan, asks, and makes core and the views in one transaction. It may be run again:
 * it makes what is missing or was changed. Secrets that it makes are kept in the data folder, and are printed
 * once.
 */

import { Refusal } from '../../cli/cli-error.ts'
import { print } from '../../cli/terminal.ts'
import { openDirectory } from '../../local/directory.ts'
import type { Owner } from '../../local/postgres/backend.ts'
import { installKeyStatement, isSameKey } from '../../local/postgres/identity-key.ts'
import { runMigration } from '../../local/postgres/migrations.ts'
import { keepSourceSecrets, masterIdentityKey, workerUrl } from '../../local/source-secrets.ts'
import { confirm } from './confirm.ts'
import { eachSource, type OwnedSource, type SourceOptions } from './each-source.ts'
import { writeSourceLock } from './lock-file.ts'
import { LOCK_TIMEOUT, namingLockHolders } from './lock-wait.ts'
import { someTenants } from './measure/callers.ts'
import { EMBEDDED, keepOwnerUrl } from './owner.ts'
import { planText } from './plan-text.ts'
import { planSource, type SourcePlan } from './source-plan.ts'
import { type Secrets, secretsFor } from './up/secrets.ts'

export interface UpOptions extends SourceOptions {
  /** Whether nobody is asked. */
  readonly yes: boolean
  readonly login?: string | undefined
}

export async function up(given: UpOptions): Promise<void> {
  const options = { ...given, directory: await openDirectory(given.directory) }
  const { directory, url } = options
  await eachSource(options, async (owner, source) => {
    await upSource(owner, source, options)
    if (url !== undefined) await keepOwnerUrl({ directory, source: source.name }, url)
  })
}

async function upSource(owner: Owner, source: OwnedSource, options: UpOptions): Promise<void> {
  const { url } = source
  const plan = await planSource(owner, source, { login: options.login })
  const { views, migration, isMade } = plan
  print(planText(plan))
  if (views.refusals.length > 0) {
    throw new Refusal(
      'Nothing was changed: change rowgate.yaml or the database where something is refused above, and run this again.',
    )
  }
  const { makesLogin, adoptsLogin, files } = migration
  const secrets = await secretsFor(plan, url, options.directory)
  const changes = !isMade || makesLogin || adoptsLogin || files.length > 0 || secrets.installsKey
  if (changes && !options.yes) await confirm(`Make this in the database ${plan.catalogue.database}?`)
  // Before the transaction: a password that is set and not kept would be lost.
  if (secrets.kept !== undefined) {
    const tenants = await someTenants(owner, source.file, plan.catalogue)
    await keepSourceSecrets(options.directory, source.name, { ...secrets.kept, tenants })
  }
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
            ...(isMade ? [] : views.statements),
          ],
        },
      ),
    )
  }
  await writeSourceLock(source.lockPath, source.name, views.lock)
  print(
    changes
      ? `Made. ${source.lockPath} says what the Worker serves: commit it.`
      : 'The database is up to date.',
  )
  print(await secretLines(plan, secrets, { directory: options.directory, url }))
}

/** The secrets for a deployment, printed once: when they were made. */
async function secretLines(
  plan: SourcePlan,
  secrets: Secrets,
  { directory, url: ownerUrl }: { readonly directory: string; readonly url: string },
): Promise<string> {
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
    // The embedded Postgres' login is kept by its data folder.
    ...(secrets.kept === undefined && ownerUrl !== EMBEDDED
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
