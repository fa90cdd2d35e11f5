-- What follows the decision about a proposal is done: it is not due any more.
--
-- KEYS: 1 record, 2 index of the state before, 3 index of the state after, 4 when decided ones are due.
-- ARGV: 1 id, 2 state before, 3 state after, 4 error, 5 result, 6 how long it is kept (ms).
-- Returns 1, or 0 when somebody else settled it.
local RECORD, BEFORE, AFTER, DUE = unpack(KEYS)
local id, before, after, problem, result, keep_ms = unpack(ARGV)

if redis.call('HGET', RECORD, 'state') ~= before or redis.call('ZREM', DUE, id) == 0 then return 0 end
redis.call('HSET', RECORD, 'state', after, 'error', problem, 'result', result)
redis.call('PEXPIRE', RECORD, keep_ms)
redis.call('ZREM', BEFORE, id)
redis.call('ZADD', AFTER, 0, id)
return 1
