-- Set the turn aside with all its progress (KEYS[7] is the partition's dead letters) because of ARGV[5].
-- Workers may have died before there was one. Of more than ARGV[6] dead letters the oldest go; answers how many.
local dropped = 0
if redis.call('EXISTS', TURN) == 1 then
  local turn = cjson.encode(redis.call('HGETALL', TURN))
  redis.call('XADD', KEYS[7], '*', 'conversation', CONVERSATION, 'reason', ARGV[5], 'turn', turn)
  dropped = redis.call('XTRIM', KEYS[7], 'MAXLEN', ARGV[6])
  redis.call('DEL', TURN)
end
settle()
return dropped
