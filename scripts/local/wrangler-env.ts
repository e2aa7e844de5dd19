/** How wrangler is run by a program: it asks nothing, sends nothing and fetches nothing. */

export const QUIET = { CI: '1', WRANGLER_SEND_METRICS: 'false', CLOUDFLARE_CF_FETCH_ENABLED: 'false' }
