-- Record that the channel accepted a part.
--
-- ARGV: 5 number of the part, 6 the channel's id of the message.
local part, message_id = ARGV[5], ARGV[6]

record_part(TURN, part, message_id)
