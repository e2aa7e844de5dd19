/**
 * Longest wait for something that must come soon, in milliseconds. The product gives up after 2.5 s and a
 * call may take 30 s; on a busy machine the limit must lie well between.
 */
export const SOON_MS = 15_000
