-- Record parts whose sending the channel confirms. Only the next part of a turn can be new: an earlier one is recorded
-- already, a later one is not sent yet.
--
-- KEYS: 4.. the turn of each confirmation.
-- ARGV: for each confirmation: conversation, turn id, number of the part, the channel's id of the message.
local function is_next(turn, part)
  local follows = part == '0' or redis.call('HEXISTS', turn, 'sent:' .. (part - 1)) == 1
  return follows and redis.call('HEXISTS', turn, 'sent:' .. part) == 0
end

for number = 1, #KEYS - 3 do
  local turn = KEYS[3 + number]
  local conversation, turn_id, part, message_id = unpack(ARGV, 4 * number - 3, 4 * number)
  if redis.call('HGET', turn, 'id') == turn_id and is_next(turn, part) then
    record_part(turn, part, message_id)
    -- A delayed turn has nothing to wait for any more.
    if redis.call('HGET', TOKENS, conversation) == DELAYED then make_ready(conversation) end
  end
end
