-- The head of an outbox stays, and nothing of this actor goes out on this lane for a while.
-- KEYS: lane ready, lane leases, lane wake, trying   ARGV: actor, token, wait (ms), 1 if a try may have arrived
-- Returns 1, or 0 if the lease is lost.
local actor = ARGV[1]
if redis.call('HGET', KEYS[2], actor) ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], actor)
redis.call('HSET', KEYS[4], 'uncertain', ARGV[4])
redis.call('ZADD', KEYS[1], digits(now_ms() + tonumber(ARGV[3])), actor)
wake_up(KEYS[3])
return 1
