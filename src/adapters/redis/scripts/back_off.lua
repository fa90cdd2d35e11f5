-- Give no credit for a while. A shorter time does not end a longer one.
--
-- KEYS: 1 credit. ARGV: 1 for how many us.
local CREDIT, duration = KEYS[1], ARGV[1]

local credit = redis.call('HMGET', CREDIT, 'full_at', 'blocked_until')
local blocked_until = math.max(number(credit[2]), now_us() + duration)
redis.call('HSET', CREDIT, 'blocked_until', blocked_until)
redis.call('PEXPIREAT', CREDIT, math.ceil(math.max(blocked_until, number(credit[1])) / 1000))
