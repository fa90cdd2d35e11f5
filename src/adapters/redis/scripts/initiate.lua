-- Queue the turn ARGV[4] of the conversation ARGV[2] in front of what waits (KEYS[4] is its priority list), unless its digest
-- ARGV[3] was seen: KEYS[5..8] are the digest sets as for a message, ARGV[1] is when this generation may be forgotten.
-- ARGV[5] is how many may wait in that list. Answers 1 if it is new, 0 if it is known, 2 if it is left out.
for at = 5, 8 do
  if redis.call('SISMEMBER', KEYS[at], ARGV[3]) == 1 then return 0 end
end
if redis.call('LLEN', KEYS[4]) >= tonumber(ARGV[5]) then return 2 end
redis.call('RPUSH', KEYS[4], ARGV[4])
wake(ARGV[2])
redis.call('SADD', KEYS[5], ARGV[3])
redis.call('PEXPIREAT', KEYS[5], ARGV[1])
return 1
