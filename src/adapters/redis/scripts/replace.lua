-- Replace a record, unless it was changed since it was read.
--
-- KEYS: 1 record. ARGV: 1 the record as it was read, 2 the new one; empty: none.
-- Returns 1 when it was replaced.
local RECORD, read, new = KEYS[1], ARGV[1], ARGV[2]

if redis.call('GET', RECORD) ~= read then return 0 end
if new == '' then return redis.call('DEL', RECORD) end
redis.call('SET', RECORD, new)
return 1
