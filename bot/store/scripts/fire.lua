-- Ring timers, each if it is still due then.
-- KEYS: timers, attempts; per queue: ready, leases, wake; then per timer: mailbox, seen
-- ARGV: life of a seen marker (ms), number of queues; then per timer: member, when it was due (ms), actor, event, number of its queue
-- Returns how many rang.
local now = now_ms()
local rang = 0
local first = 2 + 3 * tonumber(ARGV[2])
for i = 1, (#KEYS - first) / 2 do
  local mailbox, seen = KEYS[first + 2 * i - 1], KEYS[first + 2 * i]
  local at = 5 * i - 2
  local member, due, actor, event, queue = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], 3 * tonumber(ARGV[at + 4])
  local score = redis.call('ZSCORE', KEYS[1], member)
  if score and tonumber(score) == tonumber(due) then
    redis.call('ZREM', KEYS[1], member)
    if redis.call('SET', seen, '1', 'NX', 'PX', ARGV[1]) then
      local waiting = redis.call('RPUSH', mailbox, event)
      rang = rang + 1
      if make_ready(KEYS[3 + queue], KEYS[4 + queue], KEYS[2], actor, waiting, 0, 0, now) then
        wake_up(KEYS[5 + queue])
      end
    end
  end
end
return rang
