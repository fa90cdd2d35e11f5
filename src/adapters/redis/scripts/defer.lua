-- Go on with the turn in ARGV[5] ms. As when it is put off, nothing of this conversation can overtake it.
drop_token(TOKEN)
redis.call('HSET', TOKENS, CONVERSATION, 'B')
redis.call('ZADD', LATER, now_ms() + ARGV[5], CONVERSATION)
