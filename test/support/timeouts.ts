/** How long a test waits for what must come soon. */

/** In milliseconds. Ours gives up after 2.5 s; a busy machine is slow, and a call may take 30 s: this lies well between. */
export const SOON_MS = 15_000
