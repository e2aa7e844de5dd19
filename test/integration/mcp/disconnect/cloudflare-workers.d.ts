/** The one function of workerd's own module that the test's Worker uses. */

declare module 'cloudflare:workers' {
  export function waitUntil(work: Promise<unknown>): void
}
