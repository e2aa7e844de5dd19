/** The engines' drivers under Node, for tests and scripts. workerd takes them from modules.ts. */

export const ioredis = () => import('ioredis')
export const mongodb = () => import('mongodb')
export const mysql2 = () => import('mysql2')
export const upstash = () => import('@upstash/redis/cloudflare')
