-- The message KEYS[1] says ARGV[2], and is kept for ARGV[1] ms; one that says nothing is not.
if ARGV[2] == '' then return redis.call('DEL', KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[1])
