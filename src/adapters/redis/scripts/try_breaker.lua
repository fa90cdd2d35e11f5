-- Ask whether a message may go out from a number. When the time of an open breaker is over, the first caller may make a
-- trial send. The next caller may after `trial_us`, when nothing came of the first trial.
--
-- KEYS: 1 breaker. ARGV: 1 how many us a trial send has.
-- Returns nothing when the breaker is closed; else the reason, and for how many us to wait: 0 allows the trial send.
local BREAKER, trial_us = KEYS[1], ARGV[1]

local breaker = redis.call('HMGET', BREAKER, 'reason', 'until')
local reason, ends = breaker[1] or '', breaker[2]
if not ends then return end
local now = now_us()
local left = number(ends) - now
if left > 0 then return {reason, left} end
redis.call('HSET', BREAKER, 'until', now + trial_us, 'trial', 1)
return {reason, 0}
