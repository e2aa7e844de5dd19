/**
 * The Lua scripts, one per verb, so that each verb is one round trip and atomic. No other command is sent.
 */

/**
 * Expired keys are removed from the index when new ones are set. TIME is the server's, so all isolates agree.
 */
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

export const GET = `return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}`

/** ARGV: value, TTL in ms, name in the index, the longest TTL in ms. */
export const SET = `${NOW}
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[2], ARGV[3])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
return 1`

/** ARGV: name in the index. */
export const DELETE = `
redis.call('ZREM', KEYS[2], ARGV[1])
return redis.call('DEL', KEYS[1])`

/**
 * ARGV: TTL in ms, name in the index, the longest TTL in ms. Returns the count as text: Lua's numbers are
 * doubles.
 */
export const INCREMENT = `${NOW}
redis.call('INCR', KEYS[1])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], now + ARGV[1], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return redis.call('GET', KEYS[1])`

/** Only the server's version is returned; '' where INFO is not allowed. */
export const STATS = `${NOW}
local info = redis.pcall('INFO', 'server')
local version = type(info) == 'string' and string.match(info, 'redis_version:([%w%.%-]+)') or ''
return {redis.call('ZCOUNT', KEYS[1], '(' .. now, '+inf'), version}`
