-- Ask a circuit breaker for permission to send. When its time is over, the first caller makes the trial send, and all
-- others wait for `trial_us`.
--
-- KEYS: 1 breaker. ARGV: 1 how many us a trial send has.
-- Returns nothing when it is closed; else the reason, since when it is open (us), and how many us to wait. 0: try.
local BREAKER, trial_us = KEYS[1], ARGV[1]

local reason, since, ends = unpack(redis.call('HMGET', BREAKER, 'reason', 'since', 'until'))
if not ends then return end
local now = now_us()
local left = math.max(0, number(ends) - now)
if left == 0 then redis.call('HSET', BREAKER, 'until', now + trial_us, 'has_trial', 1) end
return {reason or '', number(since), left}
