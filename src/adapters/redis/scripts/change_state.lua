-- Set fields of the state KEYS[1] and keep it for ARGV[1] ms from now. ARGV[2] are the agent_notes that were heard; then
-- name and value of each field, which an empty value takes away.
local grows = { heard_at = true, human_until = true, marketing_stopped_at = true, marketing_resumed_at = true }

local heard = cjson.decode(ARGV[2])
if #heard > 0 then
  local kept = {}
  for _, remark in ipairs(agent_notes()) do
    if not contains(heard, remark) then
      kept[#kept + 1] = remark
    end
  end
  keep(kept)
  redis.call('HDEL', KEYS[1], 'left_out')
end

for at = 3, #ARGV, 2 do
  local name, value = ARGV[at], ARGV[at + 1]
  if value == '' then
    redis.call('HDEL', KEYS[1], name)
  elseif not grows[name] or tonumber(value) > (tonumber(redis.call('HGET', KEYS[1], name) or '') or -math.huge) then
    redis.call('HSET', KEYS[1], name, value)
  end
end
expire_in(ARGV[1])
