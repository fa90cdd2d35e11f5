-- Store the reply before any of it is sent. From now on failures are the channel's, so they are counted afresh.
--
-- ARGV: 6 reply (JSON).
-- Returns the state of the conversation, and the budgets to warn about.
local reply = ARGV[6]

redis.call('HSET', TURN, 'reply', reply)
redis.call('HDEL', TURN, 'attempts', 'error')
local warnings = changes ~= '' and changes.usage and count_usage(changes.usage) or {}
return {redis.call('HGETALL', STATE), warnings}
