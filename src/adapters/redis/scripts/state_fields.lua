-- Helpers for the hash of a conversation's state.

-- Set a time that never goes back.
local function advance_time(state, name, value)
  if tonumber(value) > (tonumber(redis.call('HGET', state, name) or '') or -math.huge) then
    redis.call('HSET', state, name, value)
  end
end

-- Forget a state in so many ms. Never while the person takes no marketing: their refusal would be forgotten with it.
local function expire_state(state, ms)
  local stopped, resumed = unpack(redis.call('HMGET', state, 'marketing_stopped_at', 'marketing_resumed_at'))
  stopped, resumed = tonumber(stopped or ''), tonumber(resumed or '')
  if stopped and (not resumed or resumed <= stopped) then
    redis.call('PERSIST', state)
  else
    redis.call('PEXPIRE', state, ms)
  end
end
