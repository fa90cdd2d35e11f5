-- Move the turn, with its progress, to the dead letters. There may be no turn yet: workers can die before it begins.
--
-- KEYS: 7 dead letters of the partition.
-- ARGV: 5 reason, 6 how many dead letters are kept.
-- Returns how many of the oldest dead letters were dropped.
local DEAD_LETTERS, reason, max_letters = KEYS[7], ARGV[5], ARGV[6]

local dropped = 0
if redis.call('EXISTS', TURN) == 1 then
  local fields, turn = redis.call('HGETALL', TURN), {}
  for at = 1, #fields, 2 do turn[fields[at]] = fields[at + 1] end
  redis.call('XADD', DEAD_LETTERS, '*', 'conversation', conversation, 'reason', reason, 'turn', cjson.encode(turn))
  dropped = redis.call('XTRIM', DEAD_LETTERS, 'MAXLEN', max_letters)
  redis.call('DEL', TURN)
end
settle()
return dropped
