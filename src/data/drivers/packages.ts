/**
 * The engines' drivers on Node, for tests and scripts. In workerd they are modules that
 * scripts/build/prebuild writes.
 */

export const neon = () => import('@neondatabase/serverless')
export const ioredis = () => import('ioredis')
export const mongodb = () => import('mongodb')
export const mysql2 = () => import('mysql2')
export const upstash = () => import('@upstash/redis/cloudflare')
export const pg = async () => {
  const [{ Client, Connection, types }, { serialize }] = await Promise.all([
    import('pg'),
    import('pg-protocol'),
  ])
  return { Client, Connection, types, serialize }
}
