-- Add the agent_notes ARGV[4] to those of the state KEYS[1], which keeps the latest ARGV[2] for ARGV[1] ms from now, and
-- of these no more than have ARGV[3] characters together.
local function characters(text)
  local _, continued = text:gsub('[\128-\191]', '')
  return #text - continued
end

local kept = agent_notes()
for _, remark in ipairs(cjson.decode(ARGV[4])) do
  if not contains(kept, remark) then
    kept[#kept + 1] = remark
  end
end
local first, length = #kept + 1, 0
while first > 1 and #kept - first + 1 < tonumber(ARGV[2]) do
  length = length + characters(kept[first - 1])
  if length > tonumber(ARGV[3]) then break end
  first = first - 1
end
if first > 1 then
  kept = { unpack(kept, first) }
  local left_out = tonumber(redis.call('HGET', KEYS[1], 'left_out') or '') or 0
  redis.call('HSET', KEYS[1], 'left_out', left_out + first - 1)
end
keep(kept)
expire_in(ARGV[1])
