-- No credit at KEYS[1] for ARGV[1] us from now.
local credit = redis.call('HMGET', KEYS[1], 'due', 'held')
local held = math.max(number(credit[2]), now_us() + ARGV[1])
redis.call('HSET', KEYS[1], 'held', held)
redis.call('PEXPIREAT', KEYS[1], math.ceil(math.max(held, number(credit[1])) / 1000))
