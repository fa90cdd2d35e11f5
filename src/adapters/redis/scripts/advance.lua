-- How far a message has come is kept at KEYS[1] for ARGV[1] ms; ARGV[2..] are ranks in the order they were told. Answers
-- for each whether it is further than any before.
local furthest, answers = tonumber(redis.call('GET', KEYS[1]) or 0) or 0, {}
for at = 2, #ARGV do
  local rank = tonumber(ARGV[at])
  answers[at - 1] = rank > furthest
  furthest = math.max(furthest, rank)
end
redis.call('SET', KEYS[1], furthest, 'PX', ARGV[1])
return answers
