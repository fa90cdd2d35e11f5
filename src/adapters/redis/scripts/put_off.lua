-- Try the same turn again in ARGV[5] ms because of ARGV[6]; ARGV[7] is 1 when the next part may have been sent.
-- Nothing of this conversation can overtake: its only token is "B" until then.
redis.call('HINCRBY', TURN, 'attempts', 1)
redis.call('HINCRBY', TURN, 'doubts', ARGV[7])
redis.call('HSET', TURN, 'error', ARGV[6])
drop_token(TOKEN)
redis.call('HSET', TOKENS, CONVERSATION, 'B')
redis.call('ZADD', LATER, now_ms() + ARGV[5], CONVERSATION)
return 1
