-- Why the number KEYS[1] is stopped and for how many us, if it is. When its time is over the first to ask is told 0, and
-- tries; the next after ARGV[1] us, unless the first could say by then what became of it.
local stop = redis.call('HMGET', KEYS[1], 'reason', 'until')
if not stop[2] then return end
local now = now_us()
local left = number(stop[2]) - now
if left > 0 then return {stop[1] or '', left} end
redis.call('HSET', KEYS[1], 'until', now + ARGV[1], 'tried', 1)
return {stop[1] or '', 0}
