/**
 * Environment for wrangler as a subprocess: no prompts, no telemetry, no downloads, no browser for the local
 * databases.
 */

export const QUIET = {
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_EXPLORER: 'false',
}
