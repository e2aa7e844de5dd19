/** Settings, parsed once per isolate. A wrong one stops the Worker with an error that names the variable. */

import * as z from 'zod'
import { database, endpoint, headerSecret, mongoServer, redisServer } from './urls.ts'

const HOUR_MS = 3_600_000

const list = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .transform((entries) => entries.filter((entry) => entry !== ''))

/** The table in docs/configuration.md is generated from these descriptions. */
export const variables = z.object({
  ENVIRONMENT: z
    .enum(['production', 'development'])
    .default('production')
    .describe('`development` accepts the local issuer and localhost names, and shows more in errors'),
  PUBLIC_URL: endpoint().optional().describe('URL of the deployment, such as `https://rowgate.example.com`'),
  ALLOWED_HOSTS: list
    .default([])
    .describe('Further Host names to accept, comma-separated: exact names, or `name:*` for any port'),
  ALLOWED_ORIGINS: list
    .default([])
    .describe('Browser origins to accept, comma-separated, such as `https://app.example.com`'),
  DATABASE_URL: database('postgres')
    .optional()
    .describe(
      'Secret. The restricted Postgres login, never the owner. Neon is reached over HTTP, any other host over TCP, with TLS unless it is loopback. Not needed beside the binding HYPERDRIVE_POSTGRES, which takes precedence',
    ),
  DATABASE_OWNER_URL: database('postgres')
    .optional()
    .describe("Secret. The owner's login, for `admin_database_operation` only; without it the tool is off"),
  DATABASE_FETCH_ENDPOINT: endpoint()
    .optional()
    .describe(
      "URL of an HTTP endpoint that speaks Neon's protocol, if it is not Neon's own; the database is then reached through it",
    ),
  IDENTITY_KEY: z
    .string()
    .regex(
      /^[a-z0-9_-]{1,32}:(?=[A-Za-z0-9+/]{43})(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
      'must be `id:base64` of at least 32 random bytes',
    )
    .optional()
    .describe(
      "Secret. Key that signs the caller's identity for Postgres (HMAC), as `id:base64`; `npm run db:migrate` makes one",
    ),
  MYSQL_URL: database('mysql')
    .optional()
    .describe(
      'Secret. MySQL or MariaDB for the toolset `products`: `mysql://user:password@host/database`. Over TLS with a verified certificate, unless the host is `localhost` or 127.x.x.x. The binding HYPERDRIVE_MYSQL takes precedence',
    ),
  AUTH_ISSUER: endpoint()
    .optional()
    .describe('OpenID Connect issuer whose tokens are accepted; must equal their `iss` exactly'),
  AUTH_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .describe('Required audience (`aud`) of tokens (default: `PUBLIC_URL` + `/mcp`)'),
  AUTH_JWKS_URL: endpoint()
    .optional()
    .describe("URL of the issuer's public keys (default: discovered from the issuer)"),
  AUTH_TENANT_CLAIM: z
    .string()
    .min(1)
    .optional()
    .describe('Token claim that names the tenant (default: one tenant, `default`, for all callers)'),
  AUTH_TENANTS: z
    .enum(['one', 'several'])
    .default('one')
    .describe(
      '`several`: a token that names a tenant in a claim that AUTH_TENANT_CLAIM does not name is refused, not taken for the tenant `default`',
    ),
  AUTH_SCOPE_PREFIX: z
    .string()
    .regex(/^[!#-[\]-~]+$/, 'must be the beginning of a scope: no blank, quote or backslash')
    .optional()
    .describe(
      'What stands before a scope where clients ask the issuer for it, such as `api://rowgate/` for Microsoft Entra; tokens may have it or not',
    ),
  CONSOLE_CLIENT_ID: z
    .string()
    .regex(/^[!-~]+$/, 'must be a client id: printable characters without a blank')
    .optional()
    .describe(
      "Client id of the console at an issuer that registers no clients by itself; its redirect URI is `PUBLIC_URL`'s origin + `/console/`",
    ),
  LOCAL_JWKS: z
    .string()
    .optional()
    .describe('Development only. Key set of the local issuer; `npm start` sets it'),
  LOCAL_ISSUER_KEY: z
    .string()
    .optional()
    .describe(
      'Secret. Development only. Private key of the local issuer, with which `npm start` lets clients log in; `npm start` sets it',
    ),
  EMBEDDER: z
    .enum(['builtin', 'workers-ai', 'openai'])
    .default('builtin')
    .describe(
      'Embedding service: `builtin` (no account, no network), `workers-ai` (the binding `AI`), or `openai` (any URL with its protocol)',
    ),
  EMBEDDER_URL: endpoint().optional().describe('Base URL for `openai`, such as `https://api.openai.com/v1`'),
  EMBEDDER_MODEL: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('Embedding model, such as `text-embedding-3-small`; at most 1,536 dimensions'),
  EMBEDDER_KEY: headerSecret().optional().describe('Secret. API key for `openai`, if the URL needs one'),
  MONGODB_URL: mongoServer()
    .optional()
    .describe(
      'Secret. MongoDB for the toolset `people`, with a database name: `mongodb+srv://user:password@host/rowgate`',
    ),
  REDIS_URL: redisServer()
    .optional()
    .describe(
      "Secret. Redis for the toolset `cache` and the response cache: `redis://` or `rediss://`, or `https://` for Upstash's REST API",
    ),
  REDIS_TOKEN: headerSecret().optional().describe('Secret. Token for an `https://` REDIS_URL'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('Minimum log level'),
  SQL_MAX_PLAN_COST: z.coerce
    .number()
    .positive()
    .default(1_000_000)
    .describe("Maximum planner cost of a caller's query, in Postgres' cost units"),
  SQL_SCHEMAS: list
    .refine((names) => names.length > 0, 'must name a schema')
    .refine(
      (names) => names.every((name) => !/^(pg_.*|information_schema|rowgate)$/.test(name)),
      "must not name the catalogue's schemas or `rowgate`, which holds the keys",
    )
    .default(['public', 'retail', 'netflix', 'directory'])
    .describe(
      "Postgres schemas that a caller's query may use, comma-separated, in the order in which unqualified names are looked up",
    ),
  TOOLSETS: list
    .refine((names) => names.length > 0, 'must name a toolset')
    .optional()
    .describe(
      'Toolsets to serve, comma-separated (default: all that the deployment was built with, see `rowgate.yaml`)',
    ),
  SLOW_QUERY_MS: z.coerce
    .number()
    .int()
    .min(0)
    .default(1_000)
    .describe('Log a database round trip as slow from this duration, in milliseconds'),
  CACHE_WAIT_MS: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(250)
    .describe('Response-cache timeout in milliseconds; a slower store is skipped'),
  MAX_CONCURRENT_CALLS: z.coerce
    .number()
    .int()
    .min(1)
    .default(20)
    .describe('Maximum concurrent calls of one caller in one isolate'),
  AUDIT_READS: z
    .stringbool()
    .default(true)
    .describe('Audit calls that only read, too; their rows are written after the response'),
  AUDIT_FIRST: z
    .stringbool()
    .default(false)
    .describe(
      'Require a committed audit row before writing to MySQL, D1, MongoDB or Redis; a write without one is refused',
    ),
  REQUEST_TIMEOUT_MS: z.coerce
    .number()
    .int()
    .min(100)
    .max(HOUR_MS)
    .default(30_000)
    .describe('Timeout of one call in milliseconds, its database work included'),
})

/** `readConfig` requires `IDENTITY_KEY`, and `DATABASE_URL` where Hyperdrive does not bring the database. */
export type Config = Readonly<z.output<typeof variables> & { IDENTITY_KEY: string }>

/**
 * A setting is missing or wrong. The message is one sentence for the operator and never contains a secret.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Throws `ConfigError` naming the first wrong variable. `hasSources`: `rowgate.yaml` declares the databases,
 * so DATABASE_URL names none.
 */
export function readConfig(
  env: Readonly<Record<string, unknown>>,
  { hasSources = false }: { hasSources?: boolean } = {},
): Config {
  const config = parse(variables, env)
  const { DATABASE_URL, IDENTITY_KEY } = config
  if (!hasSources && DATABASE_URL === undefined && env.HYPERDRIVE_POSTGRES === undefined) {
    throw new ConfigError(
      'DATABASE_URL is not set: it names the restricted Postgres login, where the binding HYPERDRIVE_POSTGRES does not. `npm start` brings a local one.',
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
  checkIssuers(config)
  checkEmbedder(config)
  checkRedis(config)
  return { ...config, IDENTITY_KEY }
}

/** Refuses a development login outside development or beside an issuer, and a prefix that nobody reads. */
function checkIssuers(config: z.output<typeof variables>): void {
  const { LOCAL_ISSUER_KEY, LOCAL_JWKS, AUTH_ISSUER, AUTH_SCOPE_PREFIX } = config
  if (LOCAL_ISSUER_KEY !== undefined && (LOCAL_JWKS === undefined || AUTH_ISSUER !== undefined)) {
    throw new ConfigError(
      'LOCAL_ISSUER_KEY is set without LOCAL_JWKS or beside AUTH_ISSUER: the login of `npm start` is for the local issuer alone.',
    )
  }
  if (AUTH_SCOPE_PREFIX !== undefined && AUTH_ISSUER === undefined) {
    throw new ConfigError('AUTH_SCOPE_PREFIX is read with AUTH_ISSUER only.')
  }
}

const embedderVariables = variables.pick({
  EMBEDDER: true,
  EMBEDDER_URL: true,
  EMBEDDER_MODEL: true,
  EMBEDDER_KEY: true,
})

export type EmbedderSettings = Readonly<z.output<typeof embedderVariables>>

/** The embedder's settings alone, for scripts. Throws `ConfigError`. */
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

/** Refuses a missing setting of the chosen embedder, and one that it would not read. */
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

/** Refuses a REST URL without a token, a token without a REST URL, and a token sent unencrypted. */
function checkRedis({ REDIS_URL, REDIS_TOKEN, ENVIRONMENT }: z.output<typeof variables>): void {
  const isRest = REDIS_URL !== undefined && /^https?:/.test(REDIS_URL)
  if (isRest && REDIS_TOKEN === undefined) {
    throw new ConfigError('REDIS_TOKEN is not set: an https:// REDIS_URL needs it.')
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
