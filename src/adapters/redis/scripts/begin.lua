-- Return the turn under way. Where there is none, begin the first priority turn, else a turn of the oldest waiting
-- messages. The messages move into the turn, so that a retry is a retry of the same turn.
--
-- ARGV: 6 how many messages a turn has at most.
-- Returns names and values of the turn's fields in one list, those of the state in another, and the two parts of the
-- rate log: id, time, id, time, ... The first list is empty when nothing waits; then the claim is settled.
local max_messages = ARGV[6]

local function new_turn(messages)
  redis.call('HSET', TURN, 'id', token, 'messages', messages)
end

local function restore(turn)
  for name, value in pairs(cjson.decode(turn)) do redis.call('HSET', TURN, name, value) end
end

if redis.call('EXISTS', TURN) == 0 then
  local turn = redis.call('LPOP', PRIORITY)
  local messages = redis.call('ZRANGE', MAIL, 0, max_messages - 1)
  if turn then
    -- A damaged record becomes a turn that cannot be read, and so a dead letter. So do damaged messages.
    if not pcall(restore, turn) or redis.call('EXISTS', TURN) == 0 then new_turn(turn) end
  elseif #messages > 0 then
    new_turn('[' .. table.concat(messages, ',') .. ']')
    redis.call('ZREMRANGEBYRANK', MAIL, 0, #messages - 1)
  else
    settle()
  end
end
return {
  redis.call('HGETALL', TURN),
  redis.call('HGETALL', STATE),
  redis.call('ZRANGE', ADMITTED, 0, -1, 'WITHSCORES'),
  redis.call('ZRANGE', NOTICES, 0, -1, 'WITHSCORES'),
}
