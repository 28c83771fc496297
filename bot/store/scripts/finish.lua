-- The head of an outbox has arrived, or never can. Asks for the entry, not for the lease: both are facts, whoever finds out.
-- KEYS: lane ready, lane leases, lane wake, counter, outgoing, trying, references, state, dead
-- ARGV: actor, serial, reason it can never arrive (empty: it has arrived), reply id, reference (empty: none),
--       life of references where the state has none, or is kept for good (ms)
-- Returns 1, or 0 if that entry is no longer the head.
local actor, serial = ARGV[1], ARGV[2]
local head = redis.call('LINDEX', KEYS[5], 0)
if not head or string.match(head, '^(%d+)') ~= serial then
  return 0
end
local now = now_ms()
redis.call('LPOP', KEYS[5])
redis.call('DEL', KEYS[6])
if ARGV[3] ~= '' then
  bury(KEYS[9], KEYS[4], actor, 'reply', ARGV[3], string.match(head, '^%d+%??:(.*)$'), now)
elseif ARGV[5] ~= '' then
  redis.call('HSET', KEYS[7], ARGV[4], ARGV[5])
  local life = redis.call('PTTL', KEYS[8])
  redis.call('PEXPIRE', KEYS[7], life > 0 and digits(life) or ARGV[6])
end
lane_next(KEYS[1], KEYS[2], KEYS[3], KEYS[5], actor, now)
return 1
