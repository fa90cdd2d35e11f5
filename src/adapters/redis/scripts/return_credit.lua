-- Return the credit of one message that was not sent.
--
-- KEYS: 1 credit. ARGV: 1 us per message.
local CREDIT, interval = KEYS[1], ARGV[1]

local full_at = redis.call('HGET', CREDIT, 'full_at')
if full_at then redis.call('HSET', CREDIT, 'full_at', number(full_at) - interval) end
