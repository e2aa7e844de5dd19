/**
 * The engines' drivers in workerd: modules beside the Worker's own, so that no isolate reads those of engines that it does not
 * have. scripts/build/prebuild.ts writes them before each build; wrangler.toml says where they lie.
 */

export const ioredis = () => import('../../../build/drivers/ioredis.mjs')
export const mongodb = () => import('../../../build/drivers/mongodb.mjs')
export const mysql2 = () => import('../../../build/drivers/mysql2.mjs')
export const upstash = () => import('../../../build/drivers/upstash.mjs')
