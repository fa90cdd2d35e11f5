-- Helpers for when the person of a conversation last wrote (unix seconds). Its state says it.

-- When they did, as far as it is known. Fails on a damaged state.
local function last_heard(state)
  return tonumber(redis.call('HGET', state, 'heard_at') or '') or -math.huge
end

local function day_of(time)
  return math.floor(time / 86400)
end

-- Record that they wrote again, later than `heard_at`, and under which names (JSON; empty: they are not kept). With the
-- first message of a day the state is kept for so many ms from now on: others of that day need not renew it.
local function record_heard(state, heard_at, sent_at, names, keep_ms)
  if names == '' then
    redis.call('HSET', state, 'heard_at', sent_at)
  else
    redis.call('HSET', state, 'heard_at', sent_at, 'contact', names)
  end
  if day_of(sent_at) > day_of(heard_at) then
    keep_state(state, keep_ms, unpack(redis.call('HMGET', state, 'marketing_stopped_at', 'marketing_resumed_at')))
  end
end
