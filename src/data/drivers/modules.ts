/**
 * The engines' drivers in workerd: modules beside the Worker's own, so that no isolate reads those of engines that it does not
 * have. scripts/prebuild.ts writes them before each build; wrangler.toml says where they lie.
 */

export const ioredis = () => import('./ioredis.mjs')
export const mongodb = () => import('./mongodb.mjs')
export const mysql2 = () => import('./mysql2.mjs')
export const upstash = () => import('./upstash.mjs')
