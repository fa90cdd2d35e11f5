-- Runs before each script that acts for a claim. When the claim no longer holds, the script fails and changes nothing.
--
-- KEYS: 4 dead letters of the partition, 5 waiting messages, 6 turn under way, 7 priority turns: those that go before
--   the messages, 8 state of the conversation, 9 and 10 its rate log: admitted messages, notices.
-- ARGV: 1 conversation, 2 token, 3 worker, 4 delivery number, 5 changes (JSON), empty when there are none.
local DEAD_LETTERS, MAIL, TURN, PRIORITY, STATE, ADMITTED, NOTICES = unpack(KEYS, 4, 10)
local conversation, token, worker, delivery, changes = unpack(ARGV, 1, 5)

if not holds(conversation, token, worker, delivery) then return redis.error_reply('LEASELOST') end
