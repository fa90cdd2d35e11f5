-- Store the reply before any of it is sent. From now on failures are the channel's, so they are counted afresh.
--
-- ARGV: 6 reply (JSON).
-- Returns the state of the conversation.
local reply = ARGV[6]

redis.call('HSET', TURN, 'reply', reply)
redis.call('HDEL', TURN, 'attempts', 'error')
return redis.call('HGETALL', STATE)
