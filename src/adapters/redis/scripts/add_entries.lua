-- Append entries to the transcript of a conversation.
--
-- KEYS: 4 transcript, 5 index of conversations.
-- ARGV: 1 conversation, 2 how many entries are kept, 3 for how many ms; then the entries (JSON).
local TRANSCRIPT, INDEX = KEYS[4], KEYS[5]
local conversation, max, keep_ms = unpack(ARGV, 1, 3)

for at = 4, #ARGV do append_entry(TRANSCRIPT, INDEX, conversation, max, keep_ms, 'entry', ARGV[at]) end
