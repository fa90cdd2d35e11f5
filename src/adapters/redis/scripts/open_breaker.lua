-- Open a circuit breaker. It stays open for twice as long after each trial that failed. Example: 60 s, 120 s, 240 s.
--
-- KEYS: 1 breaker: a hash of `reason`, `since`, `until`, `trials` that failed, and `has_trial` while one is under way.
-- ARGV: 1 reason, 2 for how many us, 3 for how many times as long at most.
-- Returns 1 when it was closed, else 0.
local BREAKER, reason, duration, max_factor = KEYS[1], unpack(ARGV)

local was_closed = 1 - redis.call('EXISTS', BREAKER)
redis.call('HSETNX', BREAKER, 'since', now_us())
-- A trial that is under way failed: whoever made it opens the breaker again.
local trials = number(redis.call('HGET', BREAKER, 'trials')) + redis.call('HDEL', BREAKER, 'has_trial')
local ends = now_us() + duration * math.min(2 ^ trials, max_factor)
redis.call('HSET', BREAKER, 'reason', reason, 'until', ends, 'trials', trials)
return was_closed
