-- Open a circuit breaker. Returns 1 if it was closed, else 0.
-- It opens for `us`, doubled for each trial that failed before. Example: 60 s, 120 s, 240 s, then at most 60 s * max_factor.
local breaker = KEYS[1]
local reason, us, max_factor = ARGV[1], ARGV[2], ARGV[3]

local was_closed = 1 - redis.call('EXISTS', breaker)
redis.call('HSETNX', breaker, 'since', now_us())
-- A trial that is under way failed: whoever made it opens the breaker again.
local trials = number(redis.call('HGET', breaker, 'trials')) + redis.call('HDEL', breaker, 'has_trial')
local over = now_us() + us * math.min(2 ^ trials, max_factor)
redis.call('HSET', breaker, 'reason', reason, 'until', over, 'trials', trials)
return was_closed
