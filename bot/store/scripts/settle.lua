-- What handling an actor's first events came to, in one step.
-- KEYS: ready, leases, attempts, wake, counter, timers, timers wake, dead, mailbox, state, last, references, presence, spent,
--       two more to remove when the actor is forgotten; then per lane: outgoing, lane ready, lane leases, lane wake
-- ARGV: actor, token, events handled, state: keep|set|delete, state, life of the state (ms, 0: for good),
--       reason to set the first event aside (empty: handled), life of `last` (ms), 1 to forget the actor first, count of timers;
--       then per timer: its member, when it is due (ms, empty: forget it); then per outgoing item: number of its lane, item,
--       what an earlier edit of the same reply says somewhere (empty: the item is no edit)
-- Returns 1; 2 if this very step was taken before; 0 if the lease is lost.
-- The newest edit of a reply is the one that counts: those still waiting go, but for the one that is being sent.
local function drop_edits(out, lane_leases, actor, mark)
  for at, entry in ipairs(redis.call('LRANGE', out, 0, -1)) do
    local sending = at == 1 and redis.call('HEXISTS', lane_leases, actor) == 1
    if not sending and string.find(entry, mark, 1, true) then
      redis.call('LREM', out, 1, entry)
    end
  end
end

local ready, leases, attempts, wake, counter = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local timers, timers_wake, dead = KEYS[6], KEYS[7], KEYS[8]
local mailbox, state, last, references = KEYS[9], KEYS[10], KEYS[11], KEYS[12]
local actor, token, handled = ARGV[1], ARGV[2], tonumber(ARGV[3])
if redis.call('HGET', leases, actor) ~= token then
  return redis.call('GET', last) == token and 2 or 0
end
local now = now_ms()
-- Removing comes first: a server that is out of memory then lets the whole step pass, and settling makes room.
redis.call('HDEL', leases, actor)
redis.call('HDEL', attempts, actor)
if ARGV[7] ~= '' then
  local entry = redis.call('LINDEX', mailbox, 0)
  if entry then
    bury(dead, counter, actor, 'event', ARGV[7], entry, now)
  end
end
if handled > 0 then
  redis.call('LTRIM', mailbox, handled, -1)
end
if ARGV[9] == '1' then
  redis.call('DEL', state, last, references, KEYS[13], KEYS[14], KEYS[15], KEYS[16])
  for _, letter in ipairs(redis.call('ZRANGE', dead, 0, -1)) do
    if cjson.decode(letter).actor == actor then
      redis.call('ZREM', dead, letter)
    end
  end
end
if ARGV[4] == 'delete' then
  redis.call('DEL', state)
elseif ARGV[4] == 'set' then
  if ARGV[6] == '0' then
    redis.call('SET', state, ARGV[5])
  else
    redis.call('SET', state, ARGV[5], 'PX', ARGV[6])
    redis.call('PEXPIRE', references, ARGV[6])
  end
end
local at = 11
for _ = 1, tonumber(ARGV[10]) do
  local member, due = ARGV[at], ARGV[at + 1]
  if due == '' then
    redis.call('ZREM', timers, member)
  else
    redis.call('ZADD', timers, due, member)
    if redis.call('ZRANGE', timers, 0, 0)[1] == member then
      wake_up(timers_wake)
    end
  end
  at = at + 2
end
while at <= #ARGV do
  local lane = 17 + 4 * tonumber(ARGV[at])
  if ARGV[at + 2] ~= '' then
    drop_edits(KEYS[lane], KEYS[lane + 2], actor, ARGV[at + 2])
  end
  redis.call('RPUSH', KEYS[lane], digits(draw(counter)) .. ':' .. ARGV[at + 1])
  lane_ready(KEYS[lane + 1], KEYS[lane + 2], KEYS[lane + 3], actor, now)
  at = at + 3
end
if redis.call('LLEN', mailbox) > 0 then
  redis.call('ZADD', ready, digits(now), actor)
  wake_up(wake)
else
  redis.call('ZREM', ready, actor)
end
if ARGV[9] ~= '1' then
  redis.call('SET', last, token, 'PX', ARGV[8])
end
return 1
