-- Store the reply before any of it is sent. From now on failures are the channel's, so they are counted afresh. With the
-- reply, store what the agent proposed.
--
-- KEYS: only with proposals: 11 index of the open ones, then the record of each.
-- ARGV: 6 reply (JSON), 7 how long a proposal is kept at the latest (ms), then for each proposal its id, and it (JSON).
-- Returns the state of the conversation.
local OPEN, reply, keep_ms = KEYS[11], unpack(ARGV, 6, 7)

redis.call('HSET', TURN, 'reply', reply)
redis.call('HDEL', TURN, 'attempts', 'error')
for number = 1, (#ARGV - 7) / 2 do
  local record, id, proposal = KEYS[11 + number], unpack(ARGV, 6 + 2 * number, 7 + 2 * number)
  -- When this step is repeated, the proposal is there, and may have been decided.
  if redis.call('HSETNX', record, 'proposal', proposal) == 1 then
    redis.call('HSET', record, 'state', 'open')
    redis.call('PEXPIRE', record, keep_ms)
    redis.call('ZADD', OPEN, 0, id)
  end
end
return redis.call('HGETALL', STATE)
