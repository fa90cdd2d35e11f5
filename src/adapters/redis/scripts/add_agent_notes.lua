-- Add notes for the agent. The latest are kept, up to a number of notes and of characters in all.
--
-- ARGV: 1 how long the state is kept (ms), 2 how many notes at most, 3 how many characters at most, 4 new notes (JSON).
local keep_ms, max_notes, max_length, new_notes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), cjson.decode(ARGV[4])

-- Characters of UTF-8: all bytes but those that continue one.
local function characters(text)
  local _, continued = text:gsub('[\128-\191]', '')
  return #text - continued
end

local notes = agent_notes()
for _, note in ipairs(new_notes) do
  if not contains(notes, note) then
    notes[#notes + 1] = note
  end
end
local first, length = #notes + 1, 0
while first > 1 and #notes - first + 1 < max_notes do
  length = length + characters(notes[first - 1].text)
  if length > max_length then break end
  first = first - 1
end
if first > 1 then
  notes = { unpack(notes, first) }
  local left_out = tonumber(redis.call('HGET', STATE, 'left_out') or '') or 0
  redis.call('HSET', STATE, 'left_out', left_out + first - 1)
end
keep(notes)
expire_in(keep_ms)
