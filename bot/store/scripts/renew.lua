-- Keep owning an actor.
-- KEYS: ready, leases   ARGV: actor, token, lease (ms)
-- Returns 1, or 0 if the lease is lost.
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[2], '') -- nobody's; removing comes first, so that a server out of memory lets the rest pass
redis.call('ZADD', KEYS[1], digits(now_ms() + tonumber(ARGV[3])), ARGV[1])
return 1
