-- Record in the state of a conversation when its person last wrote, and under which names (JSON; empty: they are not
-- kept). The time never goes back. The state is then kept for so many ms.
local function record_heard(state, sent_at, names, keep_ms)
  local heard_at, stopped, resumed =
    unpack(redis.call('HMGET', state, 'heard_at', 'marketing_stopped_at', 'marketing_resumed_at'))
  if (tonumber(heard_at or '') or -math.huge) < tonumber(sent_at) then
    redis.call('HSET', state, 'heard_at', sent_at)
    if names ~= '' then redis.call('HSET', state, 'contact', names) end
  end
  keep_state(state, keep_ms, stopped, resumed)
end
