-- Add notes for the agent to the state of a conversation.
--
-- KEYS: 1 state. ARGV: 1 what `add_notes` takes (JSON).
local STATE, added = KEYS[1], ARGV[1]

add_notes(STATE, cjson.decode(added))
