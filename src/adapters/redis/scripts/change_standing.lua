-- Set fields of the standing KEYS[1] and keep it for ARGV[1] ms from now; then name and value of each field, which an
-- empty value takes away.
for at = 2, #ARGV, 2 do
  if ARGV[at + 1] == '' then
    redis.call('HDEL', KEYS[1], ARGV[at])
  else
    redis.call('HSET', KEYS[1], ARGV[at], ARGV[at + 1])
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
