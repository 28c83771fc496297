-- Ring timers, each if it is still due then.
-- KEYS: timers, attempts; ready, leases, wake of most actors; the same of those that give way; then per timer: mailbox, seen
-- ARGV: life of a seen marker (ms); then per timer: member, when it was due (ms), actor, event, 1 if the actor gives way
-- Returns how many rang.
local now = now_ms()
local rang = 0
for i = 1, (#KEYS - 8) / 2 do
  local mailbox, seen = KEYS[7 + 2 * i], KEYS[8 + 2 * i]
  local at = 5 * i - 3
  local member, due, actor, event, way = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], 3 * tonumber(ARGV[at + 4])
  local score = redis.call('ZSCORE', KEYS[1], member)
  if score and tonumber(score) == tonumber(due) then
    redis.call('ZREM', KEYS[1], member)
    if redis.call('SET', seen, '1', 'NX', 'PX', ARGV[1]) then
      local waiting = redis.call('RPUSH', mailbox, event)
      rang = rang + 1
      if make_ready(KEYS[3 + way], KEYS[4 + way], KEYS[2], actor, waiting, 0, 0, now) then
        wake_up(KEYS[5 + way])
      end
    end
  end
end
return rang
