-- Describe the circuit breaker of a number, without taking the trial send.
--
-- KEYS: 1 breaker.
-- Returns nothing when it is closed; else the reason, since when it is open (us), and for how many us yet.
local BREAKER = KEYS[1]

local breaker = redis.call('HMGET', BREAKER, 'reason', 'since', 'until')
local reason, since, ends = breaker[1] or '', breaker[2], breaker[3]
if ends then return {reason, number(since), math.max(0, number(ends) - now_us())} end
