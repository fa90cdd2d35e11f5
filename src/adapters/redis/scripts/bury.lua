-- Set the turn aside with all its progress (KEYS[7] is the partition's dead letters) because of ARGV[5].
-- Workers may have died before there was one.
if redis.call('EXISTS', TURN) == 1 then
  local turn = cjson.encode(redis.call('HGETALL', TURN))
  redis.call('XADD', KEYS[7], '*', 'conversation', CONVERSATION, 'reason', ARGV[5], 'turn', turn)
  redis.call('DEL', TURN)
end
settle()
