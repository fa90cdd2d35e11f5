-- Let the listing of an alias at KEYS[1] be ARGV[3] if the digest of what is there is still ARGV[2]; none counts as empty.
-- A digest, since damaged bytes do not survive the way to us and back. Answers whether somebody else was quicker. It is kept for ARGV[1] ms; for good where ARGV[4] is 1: a number that somebody gave up, or its next
-- owner would be taken for its first.
if redis.sha1hex(redis.call('GET', KEYS[1]) or '') ~= ARGV[2] then return true end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[4] ~= '1' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
