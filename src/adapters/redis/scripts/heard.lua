-- Record in the state of a conversation when its person last wrote. The time never goes back. The state is then kept for
-- so many ms; for good while the person takes no marketing, because their refusal would be forgotten with it.
local function record_heard(state, sent_at, keep_ms)
  local heard_at, stopped, resumed =
    unpack(redis.call('HMGET', state, 'heard_at', 'marketing_stopped_at', 'marketing_resumed_at'))
  if (tonumber(heard_at or '') or -math.huge) < tonumber(sent_at) then redis.call('HSET', state, 'heard_at', sent_at) end
  stopped, resumed = tonumber(stopped or ''), tonumber(resumed or '')
  if stopped and (not resumed or resumed <= stopped) then
    redis.call('PERSIST', state)
  else
    redis.call('PEXPIRE', state, keep_ms)
  end
end
