-- Helpers for the hash of a conversation's state.
--
-- KEYS: 1 state.
local STATE = KEYS[1]

-- Its notes for the agent, each with `kind` and `text`, without what cannot be read.
local function agent_notes()
  local read, stored = pcall(cjson.decode, redis.call('HGET', STATE, 'agent_notes') or '[]')
  local notes = {}
  for _, note in ipairs(read and type(stored) == 'table' and stored or {}) do
    if type(note) == 'table' and type(note.text) == 'string' then
      notes[#notes + 1] = note
    end
  end
  return notes
end

local function keep(notes)
  if #notes == 0 then
    redis.call('HDEL', STATE, 'agent_notes')
  else
    redis.call('HSET', STATE, 'agent_notes', cjson.encode(notes))
  end
end

-- Forget the state in so many ms. Never while the person takes no marketing: their refusal would be forgotten with it.
local function expire_in(ms)
  local stopped = tonumber(redis.call('HGET', STATE, 'marketing_stopped_at') or '')
  local resumed = tonumber(redis.call('HGET', STATE, 'marketing_resumed_at') or '')
  if stopped and (not resumed or resumed <= stopped) then
    redis.call('PERSIST', STATE)
  else
    redis.call('PEXPIRE', STATE, ms)
  end
end

local function contains(notes, wanted)
  for _, note in ipairs(notes) do
    if note.kind == wanted.kind and note.text == wanted.text then
      return true
    end
  end
  return false
end
