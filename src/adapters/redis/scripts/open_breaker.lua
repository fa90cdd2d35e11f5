-- Open the circuit breaker of a number. It stays open twice as long after each trial send that failed.
--
-- KEYS: 1 breaker: a hash of `reason`, `since`, `until`, `failed_trials`, and of `trial` while there is a trial send.
-- ARGV: 1 reason, 2 for how many us, 3 at most how many times as long.
-- Returns 1 when it was closed, else 0.
local BREAKER, reason, duration, max_factor = KEYS[1], unpack(ARGV)

local was_closed = 1 - redis.call('EXISTS', BREAKER)
redis.call('HSETNX', BREAKER, 'since', now_us())
local failed_trials = number(redis.call('HGET', BREAKER, 'failed_trials')) + redis.call('HDEL', BREAKER, 'trial')
local ends = now_us() + duration * math.min(2 ^ failed_trials, max_factor)
redis.call('HSET', BREAKER, 'reason', reason, 'until', ends, 'failed_trials', failed_trials)
return was_closed
