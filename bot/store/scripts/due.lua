-- Who may be claimed, and how long until the next may be.
-- KEYS: ready   ARGV: limit
-- Returns the wait for the first that is not yet ready (ms, -1: none), then the ready ones, longest waiting first.
local now = now_ms()
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', digits(now), 'LIMIT', 0, ARGV[1])
local later = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. digits(now), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
table.insert(found, 1, later[2] and math.max(1, tonumber(later[2]) - now) or -1)
return found
