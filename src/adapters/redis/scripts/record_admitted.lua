-- Add messages to a rate log, and forget old ones.
--
-- KEYS: 1 rate log.
-- ARGV: 1 time of the oldest message to keep, 2 how long the log is kept (ms); then for each message: time, id.
local RATE_LOG, oldest, keep_ms = KEYS[1], ARGV[1], ARGV[2]

for at = 3, #ARGV, 2 do
  redis.call('ZADD', RATE_LOG, ARGV[at], ARGV[at + 1])
end
redis.call('ZREMRANGEBYSCORE', RATE_LOG, '-inf', '(' .. oldest)
redis.call('PEXPIRE', RATE_LOG, keep_ms)
