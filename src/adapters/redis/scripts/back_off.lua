-- Give no credit for a while. A shorter time does not end a longer one.
--
-- KEYS: 1 credit. ARGV: 1 for how many us.
local CREDIT, duration = KEYS[1], ARGV[1]

local blocked_until = math.max(number(redis.call('HGET', CREDIT, 'blocked_until')), now_us() + duration)
redis.call('HSET', CREDIT, 'blocked_until', blocked_until)
keep_until(CREDIT, blocked_until)
