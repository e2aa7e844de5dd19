/**
 * Takes everything back that a transaction may leave in a session: what DISCARD ALL does, but for DISCARD
 * PLANS. That one throws away what PL/pgSQL has parsed and planned, which costs twice as much as a call, and
 * which holds nothing of a caller's.
 */
export const RESET = [
  'RESET SESSION AUTHORIZATION',
  'RESET ALL',
  'DEALLOCATE ALL',
  'CLOSE ALL',
  'UNLISTEN *',
  'SELECT pg_catalog.pg_advisory_unlock_all()',
  'DISCARD TEMP',
  'DISCARD SEQUENCES',
].join('; ')
