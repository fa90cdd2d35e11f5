-- Store the reply before any of it is sent. From now on failures are the channel's, so they are counted afresh. With the
-- reply, store what the agent proposed.
--
-- KEYS: only with proposals, from the position in ARGV 7 on: index of the open ones, then the record of each.
-- ARGV: 6 reply (JSON); with proposals: 7 position of their first key, 8 how long a proposal is kept at the latest (ms),
--   then for each its id, and the proposal (JSON).
-- Returns the state of the conversation, and the budgets to warn about.
local reply, first_key, keep_ms = unpack(ARGV, 6, 8)

-- When this step is repeated, they are published already.
if redis.call('HSET', TURN, 'reply', reply) == 1 then publish(feed.activities) end
redis.call('HDEL', TURN, 'attempts', 'error')
for number = 1, (#ARGV - 8) / 2 do
  local record, id, proposal = KEYS[first_key + number], unpack(ARGV, 7 + 2 * number, 8 + 2 * number)
  -- When this step is repeated, the proposal is there, and may have been decided.
  if redis.call('HSETNX', record, 'proposal', proposal) == 1 then
    redis.call('HSET', record, 'state', 'open')
    redis.call('PEXPIRE', record, keep_ms)
    redis.call('ZADD', KEYS[tonumber(first_key)], 0, id)
  end
end
local warnings = changes.usage and count_usage(changes.usage) or {}
for _, scope in ipairs(warnings) do publish({ feed.warnings[scope] }) end
return {redis.call('HGETALL', STATE), warnings}
