-- Set fields of a conversation's state, and remove the notes that the agent was given.
--
-- ARGV: 1 how long the state is kept (ms), 2 the notes to remove (JSON); then for each field: name, value. An empty
--   value removes the field.
local keep_ms, given = ARGV[1], cjson.decode(ARGV[2])
-- These times never go back.
local grows = { heard_at = true, human_until = true, marketing_stopped_at = true, marketing_resumed_at = true }

if #given > 0 then
  local left = {}
  for _, note in ipairs(agent_notes()) do
    if not contains(given, note) then
      left[#left + 1] = note
    end
  end
  keep(left)
  redis.call('HDEL', STATE, 'left_out')
end

for at = 3, #ARGV, 2 do
  local name, value = ARGV[at], ARGV[at + 1]
  if value == '' then
    redis.call('HDEL', STATE, name)
  elseif not grows[name] or tonumber(value) > (tonumber(redis.call('HGET', STATE, name) or '') or -math.huge) then
    redis.call('HSET', STATE, name, value)
  end
end
expire_in(keep_ms)
