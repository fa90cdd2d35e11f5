-- Take ARGV[3] messages from the credit KEYS[1], by the generic cell rate algorithm: one every ARGV[1] us, and up to ARGV[2]
-- at once; an interval of 0 is no limit. It is enough when there is credit for one. Answers how many us there is none, or 0:
-- taken. `due` is when the credit is whole again, `held` until when there is none whatever was saved up.
local now, interval = now_us(), tonumber(ARGV[1])
local credit = redis.call('HMGET', KEYS[1], 'due', 'held')
local wait = math.max(0, number(credit[2]) - now)
if interval == 0 then return wait end
local due = math.max(now, number(credit[1]))
wait = math.max(wait, due - now - interval * (ARGV[2] - 1))
if wait > 0 then return wait end
due = due + interval * ARGV[3]
redis.call('HSET', KEYS[1], 'due', due)
redis.call('PEXPIREAT', KEYS[1], math.ceil(due / 1000))
return 0
