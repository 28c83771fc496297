-- Own one actor, if it is still ready.
-- KEYS: ready, leases, attempts, wake, counter, mailbox, state
-- ARGV: actor, lease (ms), how many events at most
-- Returns {token, attempts, state or nil, events}; {0} if it is not ready.
local now = now_ms()
local actor = ARGV[1]
local score = redis.call('ZSCORE', KEYS[1], actor)
if not score or tonumber(score) > now then
  return {0}
end
local events = redis.call('LRANGE', KEYS[6], 0, tonumber(ARGV[3]) - 1)
if #events == 0 then
  redis.call('ZREM', KEYS[1], actor)
  redis.call('HDEL', KEYS[2], actor)
  redis.call('HDEL', KEYS[3], actor)
  return {0}
end
redis.call('HDEL', KEYS[2], actor) -- first, so that a server out of memory lets the rest pass: what is claimed makes room
local token = draw(KEYS[5])
redis.call('HSET', KEYS[2], actor, digits(token))
redis.call('ZADD', KEYS[1], digits(now + tonumber(ARGV[2])), actor)
local attempts = redis.call('HINCRBY', KEYS[3], actor, 1)
if redis.call('ZCOUNT', KEYS[1], '-inf', digits(now)) > 0 then
  wake_up(KEYS[4]) -- one token wakes one worker; it passes the word on
end
return {token, attempts, redis.call('GET', KEYS[7]), events}
