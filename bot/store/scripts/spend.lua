-- Count one model call.
-- KEYS: the call's list, then every hash it counts in
-- ARGV: the call as JSON, calls kept, life (ms) of the list, then for each hash its life (ms, 0: for good),
--       then field and amount pairs
-- Returns nothing.
local hashes = #KEYS - 1
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, tonumber(ARGV[2]) - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
for index = 1, hashes do
  local key = KEYS[index + 1]
  for at = 4 + hashes, #ARGV, 2 do
    redis.call('HINCRBY', key, ARGV[at], ARGV[at + 1])
  end
  if ARGV[3 + index] ~= '0' then
    redis.call('PEXPIRE', key, ARGV[3 + index])
  end
end
