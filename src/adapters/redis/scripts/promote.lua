-- Make conversations ready that are due.
--
-- ARGV: 1 how many at most.
-- Returns the ms until the next one is due, -1 when none waits.
local limit = ARGV[1]

local now = now_ms()
for _, conversation in ipairs(redis.call('ZRANGEBYSCORE', LATER, '-inf', now, 'LIMIT', 0, limit)) do
  make_ready(conversation)
end
local due = redis.call('ZRANGE', LATER, 0, 0, 'WITHSCORES')[2]
return due and math.max(0, due - now) or -1
