-- Keep how far a message has come: the highest rank of its statuses.
--
-- KEYS: 1 rank. ARGV: 1 how long it is kept (ms); then the ranks of new statuses, in their order.
-- Returns for each of them whether it is higher than all before.
local RANK, keep_ms = KEYS[1], ARGV[1]

local highest, answers = tonumber(redis.call('GET', RANK) or 0) or 0, {}
for at = 2, #ARGV do
  local rank = tonumber(ARGV[at])
  answers[at - 1] = rank > highest
  highest = math.max(highest, rank)
end
redis.call('SET', RANK, highest, 'PX', keep_ms)
return answers
