-- Describe a circuit breaker without asking for the trial send.
--
-- KEYS: 1 breaker.
-- Returns nothing when it is closed; else the reason, since when it is open (us), and how many us until the next trial.
local BREAKER = KEYS[1]

local reason, since, ends = unpack(redis.call('HMGET', BREAKER, 'reason', 'since', 'until'))
if ends then return {reason or '', number(since), math.max(0, number(ends) - now_us())} end
