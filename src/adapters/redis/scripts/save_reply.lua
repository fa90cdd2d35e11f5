-- Store the reply before any of it is sent. From now on failures are the channel's, so they are counted afresh.
--
-- ARGV: 5 reply (JSON).
local reply = ARGV[5]

redis.call('HSET', TURN, 'reply', reply)
redis.call('HDEL', TURN, 'attempts', 'error')
