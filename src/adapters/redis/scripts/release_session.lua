-- Let the next turn have a session that several conversations share.
--
-- KEYS: 1 session. ARGV: 1 turn that had it, 2 how many new sessions it knows of, 3 how long the record is kept (ms).
local SESSION, turn, known, keep_ms = KEYS[1], ARGV[1], ARGV[2], ARGV[3]

redis.call('HSET', SESSION, 'number', math.max(known, number(redis.call('HGET', SESSION, 'number'))))
redis.call('PEXPIRE', SESSION, keep_ms)
if redis.call('HGET', SESSION, 'turn') == turn then redis.call('HDEL', SESSION, 'turn', 'until') end
