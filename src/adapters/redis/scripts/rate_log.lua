-- The rate log KEYS[1] from the score ARGV[1] on, oldest first: member and score of each hit, in turn.
return redis.call('ZRANGEBYSCORE', KEYS[1], ARGV[1], '+inf', 'WITHSCORES')
