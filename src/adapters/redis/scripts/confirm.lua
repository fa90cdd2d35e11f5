-- Record parts whose sending the channel confirms. Only the next part of a turn can be new: an earlier one is recorded
-- already, a later one is not sent yet.
--
-- KEYS: 4 index of conversations; then for each confirmation: its turn, its transcript.
-- ARGV: 1 how many entries a transcript keeps (0: none), 2 for how long (ms); then for each confirmation: conversation, turn id, number of the part, the channel's id of the message.
local function is_next(turn, part)
  local follows = part == '0' or redis.call('HEXISTS', turn, 'sent:' .. (part - 1)) == 1
  return follows and redis.call('HEXISTS', turn, 'sent:' .. part) == 0
end

local INDEX, max_entries, entry_ms = KEYS[4], ARGV[1], ARGV[2]
for number = 1, (#KEYS - 4) / 2 do
  local turn, transcript = KEYS[3 + 2 * number], KEYS[4 + 2 * number]
  local conversation, turn_id, part, message_id = unpack(ARGV, 4 * number - 1, 4 * number + 2)
  if redis.call('HGET', turn, 'id') == turn_id and is_next(turn, part) then
    record_part(turn, part, message_id)
    local reply = redis.call('HGET', turn, 'reply')
    if max_entries ~= '0' and reply then
      append_entry(transcript, INDEX, conversation, max_entries, entry_ms,
        'id', message_id, 'turn', turn_id, 'part', part, 'reply', reply)
    end
    -- A delayed turn has nothing to wait for any more.
    if redis.call('HGET', TOKENS, conversation) == DELAYED then make_ready(conversation) end
  end
end
