-- Try the same turn again later. When a part may have been sent, the turn waits for the confirmation of that send.
--
-- ARGV: 6 delay in ms, 7 the failure; where a part may have been sent: 8 its number, 9 how many of its sends were not
--   confirmed.
local delay_ms, failure, part, unconfirmed_attempts = unpack(ARGV, 6, 9)

if part then
  -- It was confirmed after the worker read the turn: there is nothing to wait for.
  if redis.call('HEXISTS', TURN, 'sent:' .. part) == 1 then
    drop_token(token)
    return make_ready(conversation)
  end
  redis.call('HINCRBY', TURN, 'confirmation_waits', 1)
  redis.call('HSET', TURN, 'unconfirmed_attempts', unconfirmed_attempts)
end
redis.call('HINCRBY', TURN, 'attempts', 1)
redis.call('HINCRBY', TURN, 'retries', 1)
redis.call('HSET', TURN, 'error', failure)
publish(feed.activities)
go_on_in(delay_ms)
