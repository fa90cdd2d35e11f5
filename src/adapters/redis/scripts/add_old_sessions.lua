-- Add sessions whose memory is to be cleared.
--
-- KEYS: 1 the set of the partition. ARGV: 1 what `add_old_sessions` takes (JSON).
local OLD_SESSIONS, added = KEYS[1], ARGV[1]

add_old_sessions(OLD_SESSIONS, cjson.decode(added))
