-- Let one turn have a session that several conversations share.
--
-- KEYS: 1 session. ARGV: 1 turn, 2 how many new sessions it knows of, 3 how long it has the session (us), 4 how long the
--   record is kept (ms).
-- Returns how many new sessions there were, -1 while another turn has the session.
local SESSION, turn, known, hold_us, keep_ms = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local held_by, held_until, highest = unpack(redis.call('HMGET', SESSION, 'turn', 'until', 'number'))
highest = math.max(known, number(highest))
redis.call('HSET', SESSION, 'number', highest)
redis.call('PEXPIRE', SESSION, keep_ms)
if held_by and held_by ~= turn and number(held_until) > now_us() then return -1 end
redis.call('HSET', SESSION, 'turn', turn, 'until', now_us() + hold_us)
return highest
