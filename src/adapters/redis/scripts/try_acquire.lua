-- Ask whether a message may go out from a number. When the time of an open breaker is over, the first caller may make a
-- trial send. The next caller may after `trial_us`, when nothing came of the first trial.
--
-- KEYS: 1 breaker. ARGV: 1 how many us a trial send has.
-- Returns nothing when the breaker is closed; else the reason, since when it is open (us), and for how many us to wait:
-- 0 allows the trial send.
local BREAKER, trial_us = KEYS[1], ARGV[1]

local breaker = redis.call('HMGET', BREAKER, 'reason', 'since', 'until')
local reason, since, ends = breaker[1] or '', breaker[2], breaker[3]
if not ends then return end
local now = now_us()
local left = math.max(0, number(ends) - now)
if left == 0 then redis.call('HSET', BREAKER, 'until', now + trial_us, 'trial', 1) end
return {reason, number(since), left}
