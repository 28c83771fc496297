-- Whoever worked on an actor or sent for it is gone or must stop: what waits may be claimed at once. Their tokens are void.
-- KEYS: ready, leases, wake, mailbox, lane ready, lane leases, lane wake, outgoing
-- ARGV: actor
local now = now_ms()
local actor = ARGV[1]
redis.call('HDEL', KEYS[2], actor)
if redis.call('LLEN', KEYS[4]) > 0 then
  redis.call('ZADD', KEYS[1], digits(now), actor)
  wake_up(KEYS[3])
else
  redis.call('ZREM', KEYS[1], actor)
end
lane_next(KEYS[5], KEYS[6], KEYS[7], KEYS[8], actor, now)
return 1
