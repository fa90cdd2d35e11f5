-- Move the turn, with its progress, to the dead letters. There may be no turn yet: workers can die before it begins.
--
-- ARGV: 6 reason, 7 how many dead letters are kept.
-- Returns how many of the oldest dead letters were dropped.
local reason, max_letters = ARGV[6], ARGV[7]

local dropped = 0
if redis.call('EXISTS', TURN) == 1 then
  local fields, turn = redis.call('HGETALL', TURN), {}
  for at = 1, #fields, 2 do turn[fields[at]] = fields[at + 1] end
  redis.call('XADD', DEAD_LETTERS, '*', 'conversation', conversation, 'reason', reason, 'turn', cjson.encode(turn))
  dropped = redis.call('XTRIM', DEAD_LETTERS, 'MAXLEN', max_letters)
  redis.call('DEL', TURN)
end
publish(feed.activities)
settle()
return dropped
