-- Write the record of an alias, unless somebody changed it after it was read. It is compared by its digest, because
-- damaged bytes do not survive the way to the client and back. A missing record counts as empty.
--
-- KEYS: 1 record.
-- ARGV: 1 how long it is kept (ms), 2 digest of what was read, 3 new record, 4 "1": keep it for good. A number that
--   somebody gave up is kept for good, or its next owner would be taken for the first.
-- Returns true when somebody changed it.
local RECORD, keep_ms, digest, value, for_good = KEYS[1], unpack(ARGV)

if redis.sha1hex(redis.call('GET', RECORD) or '') ~= digest then return true end
redis.call('SET', RECORD, value)
if for_good ~= '1' then redis.call('PEXPIRE', RECORD, keep_ms) end
