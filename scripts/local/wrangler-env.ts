/** How wrangler is run by a program: it asks nothing, sends nothing, fetches nothing and shows nobody the local databases. */

export const QUIET = {
  CI: '1',
  WRANGLER_SEND_METRICS: 'false',
  CLOUDFLARE_CF_FETCH_ENABLED: 'false',
  X_LOCAL_EXPLORER: 'false',
}
