-- Ask a circuit breaker for permission to send. Returns nothing if it is closed.
-- Else it returns the reason, since when it is open, and the us to wait. 0 us to wait: the caller makes the trial send,
-- and all others wait for `trial_us`.
local breaker = KEYS[1]
local trial_us = ARGV[1]

local stored = redis.call('HMGET', breaker, 'reason', 'since', 'until')
if not stored[3] then return end
local now = now_us()
local left = math.max(0, number(stored[3]) - now)
if left == 0 then redis.call('HSET', breaker, 'until', now + trial_us, 'has_trial', 1) end
return { stored[1] or '', number(stored[2]), left }
