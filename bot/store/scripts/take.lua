-- Own the head of an actor's outbox on a lane, and note that it is being tried: a sender that is killed leaves the note.
-- KEYS: lane ready, lane leases, lane wake, counter, outgoing, trying
-- ARGV: actor, lease (ms)
-- Returns {token, serial, attempts, 1 if an earlier try may have arrived, item}; {0} if it is not ready.
local now = now_ms()
local actor = ARGV[1]
local score = redis.call('ZSCORE', KEYS[1], actor)
if not score or tonumber(score) > now then
  return {0}
end
local head = redis.call('LINDEX', KEYS[5], 0)
if not head then
  redis.call('ZREM', KEYS[1], actor)
  redis.call('HDEL', KEYS[2], actor)
  redis.call('DEL', KEYS[6])
  return {0}
end
local serial, doubt, item = string.match(head, '^(%d+)(%??):(.*)$')
local note = redis.call('HMGET', KEYS[6], 'serial', 'attempts', 'uncertain')
local attempts, uncertain = 1, doubt == '' and 0 or 1
if note[1] == serial then
  attempts, uncertain = tonumber(note[2]) + 1, tonumber(note[3])
end
redis.call('HDEL', KEYS[2], actor) -- first, so that a server out of memory lets the rest pass: what is sent makes room
local token = draw(KEYS[4])
redis.call('HSET', KEYS[6], 'serial', serial, 'attempts', digits(attempts), 'uncertain', '1')
redis.call('HSET', KEYS[2], actor, digits(token))
redis.call('ZADD', KEYS[1], digits(now + tonumber(ARGV[2])), actor)
if redis.call('ZCOUNT', KEYS[1], '-inf', digits(now)) > 0 then
  wake_up(KEYS[3])
end
return {token, tonumber(serial), attempts, uncertain, item}
