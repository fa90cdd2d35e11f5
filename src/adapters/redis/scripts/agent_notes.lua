-- The agent_notes of the state KEYS[1], but for what cannot be read.
local function agent_notes()
  local read, kept = pcall(cjson.decode, redis.call('HGET', KEYS[1], 'agent_notes') or '[]')
  local texts = {}
  for _, remark in ipairs(read and type(kept) == 'table' and kept or {}) do
    if type(remark) == 'string' then
      texts[#texts + 1] = remark
    end
  end
  return texts
end

local function keep(kept)
  if #kept == 0 then
    redis.call('HDEL', KEYS[1], 'agent_notes')
  else
    redis.call('HSET', KEYS[1], 'agent_notes', cjson.encode(kept))
  end
end

-- Forget the state in so many ms; never while the person takes no marketing, or their no would be forgotten with it.
local function expire_in(ms)
  local stopped = tonumber(redis.call('HGET', KEYS[1], 'marketing_stopped_at') or '')
  local resumed = tonumber(redis.call('HGET', KEYS[1], 'marketing_resumed_at') or '')
  if stopped and (not resumed or resumed <= stopped) then
    redis.call('PERSIST', KEYS[1])
  else
    redis.call('PEXPIRE', KEYS[1], ms)
  end
end

local function contains(list, wanted)
  for _, item in ipairs(list) do
    if item == wanted then
      return true
    end
  end
  return false
end
