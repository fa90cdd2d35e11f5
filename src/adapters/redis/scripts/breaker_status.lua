-- The status of a circuit breaker, without asking for the trial. Returns nothing if it is closed.
-- Else it returns the reason, since when it is open, and the us until the next trial.
local breaker = KEYS[1]

local stored = redis.call('HMGET', breaker, 'reason', 'since', 'until')
if not stored[3] then return end
return { stored[1] or '', number(stored[2]), math.max(0, number(stored[3]) - now_us()) }
