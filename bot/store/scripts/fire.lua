-- Ring one timer, if it is still due then.
-- KEYS: timers, ready, leases, attempts, wake, mailbox, seen
-- ARGV: member, when it was due (ms), actor, event, life of a seen marker (ms)
-- Returns 1 if it rang.
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or tonumber(score) ~= tonumber(ARGV[2]) then
  return 0
end
redis.call('ZREM', KEYS[1], ARGV[1])
if not redis.call('SET', KEYS[7], '1', 'NX', 'PX', ARGV[5]) then
  return 0
end
local waiting = redis.call('RPUSH', KEYS[6], ARGV[4])
if make_ready(KEYS[2], KEYS[3], KEYS[4], ARGV[3], waiting, 0, 0, now_ms()) then
  wake_up(KEYS[5])
end
return 1
