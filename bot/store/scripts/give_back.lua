-- Let an actor go with its events unhandled.
-- KEYS: ready, leases, attempts, wake   ARGV: actor, token, wait (ms), 1 if the try counts
-- Returns 1, or 0 if the lease is lost.
local actor = ARGV[1]
if redis.call('HGET', KEYS[2], actor) ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], actor)
if ARGV[4] ~= '1' and redis.call('HINCRBY', KEYS[3], actor, -1) <= 0 then
  redis.call('HDEL', KEYS[3], actor)
end
redis.call('ZADD', KEYS[1], digits(now_ms() + tonumber(ARGV[3])), actor)
wake_up(KEYS[4]) -- also when it waits: a sleeper must learn until when
return 1
