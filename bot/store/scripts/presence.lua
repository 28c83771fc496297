-- Who shows a conversation now, and when it was last shown.
-- KEYS: presence   ARGV: look|attach|touch|detach, owner, life of a touch (ms), life of the memory (ms)
-- Returns {1 if done, owner (empty: nobody now), last seen (ms, empty: never)} as it was before.
local now = now_ms()
local act, owner = ARGV[1], ARGV[2]
local held = redis.call('HMGET', KEYS[1], 'owner', 'seen', 'until')
local present = held[3] and tonumber(held[3]) > now
local before = {1, present and held[1] or '', held[2] or ''}
if act == 'look' then
  return before
end
if act ~= 'attach' and held[1] ~= owner then
  before[1] = 0
  return before
end
local till = act == 'detach' and now or now + tonumber(ARGV[3])
redis.call('HSET', KEYS[1], 'owner', owner, 'seen', digits(now), 'until', digits(till))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return before
