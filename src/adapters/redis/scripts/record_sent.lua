-- Part ARGV[5] is with the channel under the id ARGV[6]; the next part's failures are counted afresh.
redis.call('HSET', TURN, 'sent:' .. ARGV[5], ARGV[6])
redis.call('HDEL', TURN, 'attempts', 'confirmation_waits', 'unconfirmed_attempts', 'error')
