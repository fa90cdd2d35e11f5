-- Why the number KEYS[1] is stopped, since when in us, and for how many us yet, if it is. Whoever reads this does not try.
local stop = redis.call('HMGET', KEYS[1], 'reason', 'since', 'until')
if not stop[3] then return end
local now = now_us()
return {stop[1] or '', stop[2] and number(stop[2]) or now, math.max(0, number(stop[3]) - now)}
