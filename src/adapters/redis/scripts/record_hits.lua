-- Add to the rate log KEYS[1]: forget what is scored below ARGV[1], keep the log for ARGV[2] ms; then score and member
-- of each hit, in turn.
for at = 3, #ARGV, 2 do
  redis.call('ZADD', KEYS[1], ARGV[at], ARGV[at + 1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
