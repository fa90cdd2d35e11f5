-- Try the same turn again in ARGV[5] ms because of ARGV[6]. ARGV[7], where there is one, is the part that may have been
-- sent, and ARGV[8] how many of its sends went unconfirmed_attempts.
if ARGV[7] then
  -- Proved since the worker read the turn: without a unconfirmed there is nothing to wait for.
  if redis.call('HEXISTS', TURN, 'sent:' .. ARGV[7]) == 1 then
    drop_token(TOKEN)
    return make_ready(CONVERSATION)
  end
  redis.call('HINCRBY', TURN, 'confirmation_waits', 1)
  redis.call('HSET', TURN, 'unconfirmed_attempts', ARGV[8])
end
redis.call('HINCRBY', TURN, 'attempts', 1)
redis.call('HINCRBY', TURN, 'retries', 1)
redis.call('HSET', TURN, 'error', ARGV[6])
go_on_in(ARGV[5])
