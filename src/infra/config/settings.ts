/**
 * The settings, parsed once at start: a wrong one stops the Worker with a sentence that names the variable.
 */

import * as z from 'zod'
import { database, endpoint, headerSecret, mongoServer, redisServer } from './urls.ts'

const HOUR_MS = 3_600_000

const list = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ''))

/** Every variable, with what it means. The table in docs/configuration.md is generated from this. */
export const variables = z.object({
  ENVIRONMENT: z
    .enum(['production', 'development'])
    .default('production')
    .describe('`development` accepts the local issuer and localhost names, and says more in errors'),
  PUBLIC_URL: endpoint()
    .optional()
    .describe('Where clients reach the deployment, such as `https://rowgate.example.com`'),
  ALLOWED_HOSTS: list
    .default([])
    .describe('Further Host names to answer to, comma-separated: exact names, or `name:*` for any port'),
  ALLOWED_ORIGINS: list
    .default([])
    .describe('Browser origins that may call, comma-separated, such as `https://app.example.com`'),
  DATABASE_URL: database('postgres')
    .optional()
    .describe(
      'Secret. The restricted Postgres login (never the owner). Where its host is not one of Neon, it is reached by TCP, with TLS unless the host is loopback; the binding HYPERDRIVE_POSTGRES wins over it',
    ),
  DATABASE_OWNER_URL: database('postgres')
    .optional()
    .describe("Secret. The owner's login, for `admin_database_operation` only; without it that tool is off"),
  DATABASE_FETCH_ENDPOINT: endpoint()
    .optional()
    .describe(
      "An HTTP endpoint that speaks Neon's protocol, where it is not Neon's own; the database is then reached by it",
    ),
  IDENTITY_KEY: z
    .string()
    .regex(
      /^[a-z0-9_-]{1,32}:(?=[A-Za-z0-9+/]{43})(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'must be `id:base64` of at least 32 random bytes',
    )
    .optional()
    .describe(
      'Secret. The key that seals the caller for Postgres, `id:base64`; `npm run db:migrate` makes one',
    ),
  MYSQL_URL: database('mysql')
    .optional()
    .describe(
      'Secret. MySQL or MariaDB, `mysql://user:password@host/database`: brings the toolset `products`. By TLS, its certificate verified, unless the host is `localhost` or 127.x.x.x; the binding HYPERDRIVE_MYSQL wins over it',
    ),
  AUTH_ISSUER: endpoint()
    .optional()
    .describe('The OpenID Connect issuer whose tokens are accepted; compared to `iss` to the letter'),
  AUTH_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .describe('The audience that tokens must name (default: `PUBLIC_URL` + `/mcp`)'),
  AUTH_JWKS_URL: endpoint()
    .optional()
    .describe('Where the issuer publishes its keys (default: discovered from the issuer)'),
  AUTH_TENANT_CLAIM: z.string().min(1).optional().describe('The token claim that names the tenant'),
  LOCAL_JWKS: z
    .string()
    .optional()
    .describe('Development only. The key set of the local issuer, set by `npm start`'),
  EMBEDDER: z
    .enum(['builtin', 'workers-ai', 'openai'])
    .default('builtin')
    .describe(
      'What turns texts into vectors: `builtin` (no account, no network), `workers-ai` (the binding `AI`), or `openai` (any URL that speaks its protocol)',
    ),
  EMBEDDER_URL: endpoint()
    .optional()
    .describe('With `openai`: the base URL, such as `https://api.openai.com/v1`'),
  EMBEDDER_MODEL: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('The model, such as `text-embedding-3-small`; at most 1,536 dimensions'),
  EMBEDDER_KEY: headerSecret()
    .optional()
    .describe('Secret. With `openai`: the key, where the URL asks for one'),
  MONGODB_URL: mongoServer()
    .optional()
    .describe(
      'Secret. MongoDB for the toolset `people`, with the database: `mongodb+srv://user:password@host/rowgate`',
    ),
  REDIS_URL: redisServer()
    .optional()
    .describe(
      'Secret. Redis for the toolset `cache` and for the response cache: `redis://` or `rediss://`, or `https://` for Upstash over REST',
    ),
  REDIS_TOKEN: headerSecret().optional().describe('Secret. With an `https://` REDIS_URL: its token'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least severe events that are logged'),
  SQL_MAX_PLAN_COST: z.coerce
    .number()
    .positive()
    .default(1_000_000)
    .describe("What the planner may expect a caller's own SQL to cost, in Postgres' cost units"),
  SQL_SCHEMAS: list
    .refine((names) => names.length > 0, 'must name a schema')
    .refine(
      (names) => names.every((name) => !/^(pg_.*|information_schema|rowgate)$/.test(name)),
      "must not name the catalogue's schemas or `rowgate`, which holds the keys",
    )
    .default(['public', 'retail', 'netflix', 'directory'])
    .describe(
      "The Postgres schemas that the caller's own SQL may name, comma-separated, in the order in which bare names are looked up",
    ),
  TOOLSETS: list
    .refine((names) => names.length > 0, 'must name a toolset')
    .optional()
    .describe(
      'The toolsets that this deployment serves, comma-separated (default: all that it was built with, see `rowgate.yaml`)',
    ),
  SLOW_QUERY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000)
    .describe('A trip to a database that takes this long is logged as slow, in milliseconds'),
  CACHE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(250)
    .describe('Response-cache timeout in milliseconds: a store that takes longer is skipped'),
  MAX_CONCURRENT_CALLS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('Calls that one caller may have running at once in one isolate'),
  AUDIT_READS: z
    .stringbool()
    .default(true)
    .describe('Whether calls that only read are in the audit log too, written after the answer'),
  AUDIT_FIRST: z
    .stringbool()
    .default(false)
    .describe(
      'Whether a write to another engine than Postgres waits until the audit log holds that it was begun, and is refused where that cannot be written',
    ),
  REQUEST_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(HOUR_MS)
    .default(30_000)
    .describe('How long one call may take, its database work included, in milliseconds'),
})

/** `DATABASE_URL` and `IDENTITY_KEY` may be absent from the environment, and never from the settings. */
export type Config = Readonly<z.output<typeof variables> & { DATABASE_URL: string; IDENTITY_KEY: string }>

/**
 * A setting is missing or wrong. The message is one sentence for the operator; it never holds a secret's
 * value.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** Reads the settings from the Worker's environment. Throws `ConfigError` naming the first wrong variable. */
export function readConfig(env: Readonly<Record<string, unknown>>): Config {
  const config = parse(variables, env)
  const { DATABASE_URL, IDENTITY_KEY } = config
  if (DATABASE_URL === undefined) {
    throw new ConfigError(
      'DATABASE_URL is not set: it names the restricted Postgres login. `npm start` brings a local one.',
    )
  }
  if (IDENTITY_KEY === undefined) {
    throw new ConfigError(
      'IDENTITY_KEY is not set: Postgres needs it to know the caller; `npm run db:migrate` makes one.',
    )
  }
  if (config.LOCAL_JWKS !== undefined && config.ENVIRONMENT !== 'development') {
    throw new ConfigError(
      'LOCAL_JWKS is set outside development: the local issuer is accepted only with ENVIRONMENT=development.',
    )
  }
  if (config.LOCAL_JWKS === undefined && config.AUTH_ISSUER === undefined) {
    throw new ConfigError('AUTH_ISSUER is not set: it names the issuer whose tokens are accepted.')
  }
  checkEmbedder(config)
  checkRedis(config)
  return { ...config, DATABASE_URL, IDENTITY_KEY }
}

const embedderVariables = variables.pick({
  EMBEDDER: true,
  EMBEDDER_URL: true,
  EMBEDDER_MODEL: true,
  EMBEDDER_KEY: true,
})

export type EmbedderSettings = Readonly<z.output<typeof embedderVariables>>

/** The embedder's settings alone, for a script that has no other. Throws `ConfigError`. */
export function readEmbedderSettings(env: Readonly<Record<string, unknown>>): EmbedderSettings {
  const settings = parse(embedderVariables, env)
  checkEmbedder(settings)
  return settings
}

function parse<S extends z.ZodType>(schema: S, env: Readonly<Record<string, unknown>>): z.output<S> {
  const parsed = schema.safeParse(env)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new ConfigError(
    `${issue?.path.join('.') ?? 'A setting'} is wrong: ${issue?.message ?? 'unreadable'}.`,
  )
}

/** A setting that the chosen embedder lacks, or one that it would never read. */
function checkEmbedder({ EMBEDDER, EMBEDDER_URL, EMBEDDER_MODEL, EMBEDDER_KEY }: EmbedderSettings): void {
  if (EMBEDDER === 'openai' && (EMBEDDER_URL === undefined || EMBEDDER_MODEL === undefined)) {
    throw new ConfigError('EMBEDDER_URL and EMBEDDER_MODEL are needed with EMBEDDER=openai.')
  }
  if (EMBEDDER !== 'openai' && (EMBEDDER_URL !== undefined || EMBEDDER_KEY !== undefined)) {
    throw new ConfigError('EMBEDDER_URL and EMBEDDER_KEY are read with EMBEDDER=openai only.')
  }
  if (EMBEDDER === 'builtin' && EMBEDDER_MODEL !== undefined) {
    throw new ConfigError('EMBEDDER_MODEL is set, but the built-in embedder has one model only.')
  }
}

/** A token without the door that it opens, a door without its token, or a token in the clear. */
function checkRedis({ REDIS_URL, REDIS_TOKEN, ENVIRONMENT }: z.output<typeof variables>): void {
  const isRest = REDIS_URL !== undefined && /^https?:/.test(REDIS_URL)
  if (isRest && REDIS_TOKEN === undefined) {
    throw new ConfigError('REDIS_TOKEN is not set: an https:// REDIS_URL is reached with one.')
  }
  if (!isRest && REDIS_TOKEN !== undefined) {
    throw new ConfigError('REDIS_TOKEN is read with an https:// REDIS_URL only.')
  }
  if (isRest && !REDIS_URL.startsWith('https:') && ENVIRONMENT !== 'development') {
    throw new ConfigError(
      'REDIS_URL must be https:// outside development: the token would travel in the clear.',
    )
  }
}
