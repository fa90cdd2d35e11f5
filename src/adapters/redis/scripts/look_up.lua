-- Read the record of an alias. A record that is in use is kept longer.
--
-- KEYS: 1 record. ARGV: 1 how long it is kept (ms).
-- Returns the record, and a digest of it for `enter`.
local RECORD, keep_ms = KEYS[1], ARGV[1]

local value, left_ms = redis.call('GET', RECORD), redis.call('PTTL', RECORD)
if left_ms >= 0 and left_ms < keep_ms / 2 then redis.call('PEXPIRE', RECORD, keep_ms) end
return {value, redis.sha1hex(value or '')}
