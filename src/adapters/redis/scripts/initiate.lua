-- Queue a turn that answers no message, in front of the waiting messages.
--
-- KEYS: 4 priority turns of its conversation, 5..8 sets of known ids.
-- ARGV: 1 when the present set of ids may be forgotten (unix ms), 2 conversation, 3 digest of the turn's id,
--   4 turn (JSON), 5 how many priority turns may wait.
-- Returns 1: it is new, 0: it is known, 2: it is left out.
local PRIORITY, first_set = KEYS[4], 5
local forget_at_ms, conversation, digest, turn, max_waiting = unpack(ARGV)

if is_known(first_set, digest) then return 0 end
if redis.call('LLEN', PRIORITY) >= tonumber(max_waiting) then return 2 end
redis.call('RPUSH', PRIORITY, turn)
wake(conversation)
make_known(first_set, digest, forget_at_ms)
return 1
