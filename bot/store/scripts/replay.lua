-- A dead letter's event goes back behind what waits in its actor's mailbox.
-- KEYS: dead, ready, leases, attempts, wake, mailbox   ARGV: letter's id, actor, event
-- Returns 1, or 0 if there is no such letter any more.
if redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
  return 0
end
local waiting = redis.call('RPUSH', KEYS[6], ARGV[3])
if make_ready(KEYS[2], KEYS[3], KEYS[4], ARGV[2], waiting, 0, 0, now_ms()) then
  wake_up(KEYS[5])
end
return 1
