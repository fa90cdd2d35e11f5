-- Make up to ARGV[1] due conversations ready; answers the ms until the next is due, or -1 when none waits.
local now = now_ms()
for _, conversation in ipairs(redis.call('ZRANGEBYSCORE', LATER, '-inf', now, 'LIMIT', 0, ARGV[1])) do
  make_ready(conversation)
end
local due = redis.call('ZRANGE', LATER, 0, 0, 'WITHSCORES')[2]
return due and math.max(0, due - now) or -1
