-- What is changed about the state of a conversation: its fields, and its notes for the agent.

-- Its notes for the agent, each with `kind` and `text`, without what cannot be read.
local function notes_of(state)
  local read, stored = pcall(cjson.decode, redis.call('HGET', state, 'agent_notes') or '[]')
  local notes = {}
  for _, note in ipairs(read and type(stored) == 'table' and stored or {}) do
    if type(note) == 'table' and type(note.text) == 'string' then
      notes[#notes + 1] = note
    end
  end
  return notes
end

local function keep(state, notes)
  if #notes == 0 then
    redis.call('HDEL', state, 'agent_notes')
  else
    redis.call('HSET', state, 'agent_notes', cjson.encode(notes))
  end
end

-- Forget the state in so many ms, if it may be forgotten.
local function expire_in(state, ms)
  keep_state(state, ms, unpack(redis.call('HMGET', state, 'marketing_stopped_at', 'marketing_resumed_at')))
end

local function contains(notes, wanted)
  for _, note in ipairs(notes) do
    if note.kind == wanted.kind and note.text == wanted.text then
      return true
    end
  end
end

-- These times never go back.
local GROWS = {
  heard_at = true, human_until = true, marketing_stopped_at = true, marketing_resumed_at = true,
  unreachable_at = true, reachable_at = true,
}

-- Set fields, and remove the notes that the agent has heard. `changes` has `keep_ms`, the notes `heard`, and `fields`:
-- name, value, name, value, ... An empty value removes the field.
local function change_state(state, changes)
  if #changes.heard > 0 then
    local left = {}
    for _, note in ipairs(notes_of(state)) do
      if not contains(changes.heard, note) then
        left[#left + 1] = note
      end
    end
    keep(state, left)
    redis.call('HDEL', state, 'left_out')
  end
  local set, removed = {}, {}
  for at = 1, #changes.fields, 2 do
    local name, value = changes.fields[at], changes.fields[at + 1]
    if value == '' then
      removed[#removed + 1] = name
    elseif not GROWS[name] or tonumber(value) > (tonumber(redis.call('HGET', state, name) or '') or -math.huge) then
      set[#set + 1], set[#set + 2] = name, value
    end
  end
  if #set > 0 then redis.call('HSET', state, unpack(set)) end
  if #removed > 0 then redis.call('HDEL', state, unpack(removed)) end
  expire_in(state, changes.keep_ms)
end

-- Characters of UTF-8: all bytes but those that continue one.
local function characters(text)
  local _, continued = text:gsub('[\128-\191]', '')
  return #text - continued
end

-- Add notes for the agent. `added` has `keep_ms` and `notes`. Of all notes, the latest are kept: at most `max_notes`,
-- and at most `max_length` characters.
local function add_notes(state, added)
  local notes = notes_of(state)
  for _, note in ipairs(added.notes) do
    if not contains(notes, note) then
      notes[#notes + 1] = note
    end
  end
  local first, length = #notes + 1, 0
  while first > 1 and #notes - first + 1 < added.max_notes do
    length = length + characters(notes[first - 1].text)
    if length > added.max_length then break end
    first = first - 1
  end
  if first > 1 then
    notes = { unpack(notes, first) }
    local left_out = tonumber(redis.call('HGET', state, 'left_out') or '') or 0
    redis.call('HSET', state, 'left_out', left_out + first - 1)
  end
  keep(state, notes)
  expire_in(state, added.keep_ms)
end
