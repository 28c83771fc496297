-- A dead letter's reply goes back behind what its actor has to say on that lane. It may have arrived, so it keeps the doubt.
-- KEYS: dead, counter, outgoing, lane ready, lane leases, lane wake   ARGV: letter's id, actor, item
-- Returns 1, or 0 if there is no such letter any more.
if redis.call('ZREMRANGEBYSCORE', KEYS[1], ARGV[1], ARGV[1]) == 0 then
  return 0
end
redis.call('RPUSH', KEYS[3], digits(draw(KEYS[2])) .. '?:' .. ARGV[3])
lane_ready(KEYS[4], KEYS[5], KEYS[6], ARGV[2], now_ms())
return 1
