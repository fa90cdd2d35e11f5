-- Keep the reply before any of it is sent. Failures from here on are the channel's and are counted afresh.
redis.call('HSET', TURN, 'reply', ARGV[5])
redis.call('HDEL', TURN, 'attempts', 'error')
