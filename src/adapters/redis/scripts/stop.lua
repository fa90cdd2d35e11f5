-- Stop the number KEYS[1] because of ARGV[1] for ARGV[2] us. Answers 1 if it was going until now, else 0.
local went = 1 - redis.call('EXISTS', KEYS[1])
redis.call('HSET', KEYS[1], 'reason', ARGV[1], 'until', digits(now_us() + ARGV[2]))
return went
