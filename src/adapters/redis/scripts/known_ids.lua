-- Helpers for the ids that were stored in the last 7 days, as digests in four sets. The first set is the present one
-- and is written. The others are of the two periods before, and of the next one: another process' clock may be ahead.
local function is_known(first_set, digest)
  for set = first_set, first_set + 3 do
    if redis.call('SISMEMBER', KEYS[set], digest) == 1 then return true end
  end
end

local function make_known(first_set, digest, forget_at_ms)
  redis.call('SADD', KEYS[first_set], digest)
  redis.call('PEXPIREAT', KEYS[first_set], forget_at_ms, 'NX')
end
