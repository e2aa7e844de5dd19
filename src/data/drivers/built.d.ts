/** What scripts/build/prebuild/drivers.ts takes from each package. */

declare module '*/ioredis.mjs' {
  export { Redis } from 'ioredis'
}

declare module '*/mongodb.mjs' {
  export { Decimal128, Long, MongoClient, ObjectId } from 'mongodb'
}

declare module '*/mysql2.mjs' {
  export { createConnection } from 'mysql2'
}

declare module '*/upstash.mjs' {
  export { Redis } from '@upstash/redis/cloudflare'
}
