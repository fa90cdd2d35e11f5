-- Count a failed attempt, and make the proposal due again later.
--
-- KEYS: 1 record, 2 when decided ones are due. ARGV: 1 id, 2 its state, 3 in how many us, 4 error.
local RECORD, DUE, id, state, after_us, problem = KEYS[1], KEYS[2], unpack(ARGV)

if redis.call('HGET', RECORD, 'state') ~= state then return end
redis.call('HINCRBY', RECORD, 'attempts', 1)
redis.call('HSET', RECORD, 'error', problem)
redis.call('ZADD', DUE, now_us() + after_us, id)
