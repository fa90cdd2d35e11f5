-- Decide a proposal, unless it was decided before. It becomes due: something follows each decision.
--
-- KEYS: 1 record, 2 index of the open ones, 3 index of the undelivered ones, 4 index of the new state, 5 when decided
--   ones are due.
-- ARGV: 1 id, 2 new state, 3 who decided, 4 when (unix s), 5 why, 6 how long it is kept (ms), 7 "1": only an open one.
-- Returns whether it was decided, and the fields of the record.
local RECORD, OPEN, UNDELIVERED, DECIDED, DUE = unpack(KEYS)
local id, state, by, at, reason, keep_ms, only_open = unpack(ARGV)

local present = redis.call('HGET', RECORD, 'state')
local decides = present == 'open' or (present == 'undelivered' and only_open ~= '1')
if decides then
  redis.call('HSET', RECORD, 'state', state, 'decided_by', by, 'decided_at', at, 'reason', reason)
  redis.call('HDEL', RECORD, 'attempts', 'error')
  redis.call('PEXPIRE', RECORD, keep_ms)
  redis.call('ZREM', OPEN, id)
  redis.call('ZREM', UNDELIVERED, id)
  redis.call('ZADD', DECIDED, 0, id)
  redis.call('ZADD', DUE, now_us(), id)
end
return {decides, redis.call('HGETALL', RECORD)}
