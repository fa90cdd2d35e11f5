-- Queue a dead letter in front of the waiting messages.
--
-- KEYS: 4 dead letters of the partition, 5 priority turns of the conversation.
-- ARGV: 1 id of the dead letter, 2 conversation, 3 the turn as it starts again (JSON).
-- Returns 1, or 0 when there is no such dead letter.
local DEAD_LETTERS, PRIORITY = KEYS[4], KEYS[5]
local letter_id, conversation, turn = unpack(ARGV)

if #redis.call('XRANGE', DEAD_LETTERS, letter_id, letter_id) == 0 then return 0 end
redis.call('RPUSH', PRIORITY, turn)
wake(conversation)
redis.call('XDEL', DEAD_LETTERS, letter_id)
return 1
