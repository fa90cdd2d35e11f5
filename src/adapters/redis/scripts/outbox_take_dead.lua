-- Take an event out of a receiver's dead events.
--
-- KEYS: 1 dead events, 2 those that are sent again. ARGV: 1 id of the event, 2 how long both are kept (ms), 3 "1": send it
--   again.
-- Returns 1, or 0 when there is no such dead event.
local DEAD, AGAIN = KEYS[1], KEYS[2]
local id, keep_ms, send_again = unpack(ARGV)

for _, record in ipairs(redis.call('LRANGE', DEAD, 0, -1)) do
  local readable, dead = pcall(cjson.decode, record)
  if readable and type(dead) == 'table' and dead.id == id then
    redis.call('LREM', DEAD, 1, record)
    if send_again == '1' then
      redis.call('HSET', AGAIN, id, record)
      redis.call('PEXPIRE', AGAIN, keep_ms)
    end
    return 1
  end
end
return 0
