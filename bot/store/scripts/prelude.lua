-- Put in front of every script. All times are milliseconds of the server's clock, so no machine's own clock matters.

local function now_ms()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Lua writes large numbers as 1.7e+12; keys and scores want digits.
local function digits(number)
  return string.format('%.0f', number)
end

-- A hint for one sleeper. Never more than one token, and none that is older than a minute: work is claimed, not popped.
local function wake_up(list)
  if redis.call('LLEN', list) == 0 then
    redis.call('RPUSH', list, '1')
    redis.call('PEXPIRE', list, 60000)
  end
end

-- An actor has a new event: from when on may it be claimed? Returns whether a sleeper should look.
local function make_ready(ready, leases, attempts, actor, waiting, quiet, bound, now)
  if redis.call('HEXISTS', leases, actor) == 1 then
    return false -- its owner's commit, or the end of the lease, makes it ready
  end
  local score = redis.call('ZSCORE', ready, actor)
  if score and redis.call('HEXISTS', attempts, actor) == 1 then
    return false -- it failed and waits to be tried again
  end
  if score and tonumber(score) <= now then
    return true
  end
  if quiet == 0 then
    redis.call('ZADD', ready, digits(now), actor)
  elseif waiting < bound or not score then
    redis.call('ZADD', ready, digits(now + quiet), actor)
  end
  return true
end

-- Something waits in an actor's outbox on a lane.
local function lane_ready(ready, leases, wake, actor, now)
  if redis.call('HEXISTS', leases, actor) == 0 and not redis.call('ZSCORE', ready, actor) then
    redis.call('ZADD', ready, digits(now), actor)
    wake_up(wake)
  end
end

-- The head of an outbox is done with; let the next one go.
local function lane_next(ready, leases, wake, out, actor, now)
  redis.call('HDEL', leases, actor)
  if redis.call('LLEN', out) > 0 then
    redis.call('ZADD', ready, digits(now), actor)
    wake_up(wake)
  else
    redis.call('ZREM', ready, actor)
  end
end

-- Microseconds keep the counter growing even where a power cut took back its last steps: a token is never given out twice.
local function draw(counter)
  local number = redis.call('INCR', counter)
  local time = redis.call('TIME')
  local now_us = tonumber(time[1]) * 1000000 + tonumber(time[2])
  if number < now_us then
    number = now_us
    redis.call('SET', counter, digits(number))
  end
  return number
end

-- Set something aside: by its number, which is a moment too. Kept for ninety days, the newest ten thousand.
local LETTERS, LETTERS_MS = 10000, 7776000000

local function bury(dead, counter, actor, kind, reason, entry, now)
  local id = digits(draw(counter))
  redis.call('ZADD', dead, id, cjson.encode({
    id = id, actor = actor, kind = kind, reason = reason, at_ms = digits(now), entry = entry,
  }))
  redis.call('ZREMRANGEBYSCORE', dead, '-inf', digits((now - LETTERS_MS) * 1000))
  redis.call('ZREMRANGEBYRANK', dead, 0, -1 - LETTERS)
  redis.call('PEXPIRE', dead, LETTERS_MS)
end

