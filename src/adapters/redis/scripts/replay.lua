-- Put the dead letter ARGV[1] of KEYS[4] in front of what waits: KEYS[5] is the conversation's priority list, ARGV[2] its
-- name, ARGV[3] the turn as it is to begin again.
if #redis.call('XRANGE', KEYS[4], ARGV[1], ARGV[1]) == 0 then return 0 end
redis.call('RPUSH', KEYS[5], ARGV[3])
wake(ARGV[2])
redis.call('XDEL', KEYS[4], ARGV[1])
return 1
