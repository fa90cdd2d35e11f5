-- Change the state of a conversation.
--
-- KEYS: 1 state. ARGV: 1 what `change_state` takes (JSON).
local STATE, changes = KEYS[1], ARGV[1]

change_state(STATE, cjson.decode(changes))
