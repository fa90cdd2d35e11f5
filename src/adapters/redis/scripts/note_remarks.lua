-- Add the remarks ARGV[3] to those of the standing KEYS[1], which keeps the latest ARGV[2] for ARGV[1] ms from now.
local kept = remarks()
for _, remark in ipairs(cjson.decode(ARGV[3])) do
  if not contains(kept, remark) then
    kept[#kept + 1] = remark
  end
end
local many = #kept - ARGV[2]
if many > 0 then
  kept = { unpack(kept, many + 1) }
  local left_out = tonumber(redis.call('HGET', KEYS[1], 'left_out') or '') or 0
  redis.call('HSET', KEYS[1], 'left_out', left_out + many)
end
keep(kept)
expire_in(ARGV[1])
