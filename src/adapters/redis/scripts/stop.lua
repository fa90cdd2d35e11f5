-- Stop the number KEYS[1] because of ARGV[1] for ARGV[2] us; twice as long after each try in vain, up to ARGV[3] times.
-- Answers 1 if it was going until now, else 0.
local went = 1 - redis.call('EXISTS', KEYS[1])
redis.call('HSETNX', KEYS[1], 'since', now_us())
local tries = number(redis.call('HGET', KEYS[1], 'tries')) + redis.call('HDEL', KEYS[1], 'tried')
local over = now_us() + ARGV[2] * math.min(2 ^ tries, ARGV[3])
redis.call('HSET', KEYS[1], 'reason', ARGV[1], 'until', over, 'tries', tries)
return went
