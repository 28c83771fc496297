-- Store events that were not seen before.
-- KEYS: ready, leases, attempts, wake; then per event: mailbox, seen
-- ARGV: life of a seen marker (ms), how many waiting messages end the quiet; then per event: actor, event, quiet (ms)
-- Returns how many were new.
local now = now_ms()
local bound = tonumber(ARGV[2])
local new, look = 0, false
for i = 1, (#KEYS - 4) / 2 do
  local mailbox, seen = KEYS[3 + 2 * i], KEYS[4 + 2 * i]
  local actor, event, quiet = ARGV[3 * i], ARGV[3 * i + 1], tonumber(ARGV[3 * i + 2])
  if redis.call('SET', seen, '1', 'NX', 'PX', ARGV[1]) then
    local waiting = redis.call('RPUSH', mailbox, event)
    new = new + 1
    if make_ready(KEYS[1], KEYS[2], KEYS[3], actor, waiting, quiet, bound, now) then
      look = true
    end
  end
end
if look then
  wake_up(KEYS[4])
end
return new
