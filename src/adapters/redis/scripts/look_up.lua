-- What is known of the alias KEYS[1], and a digest of it; one that is in use is kept on for ARGV[1] ms.
local value, left = redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])
if left >= 0 and left < ARGV[1] / 2 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {value, redis.sha1hex(value or '')}
