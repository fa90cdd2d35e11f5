-- The worker ARGV[1] takes over up to ARGV[3] conversations whose lease was not renewed for ARGV[2] ms.
-- Answers token, conversation and delivery number of each.
local taken = {}
for _, pending in ipairs(redis.call('XPENDING', READY, GROUP, 'IDLE', ARGV[2], '-', '+', ARGV[3])) do
  local entry = redis.call('XCLAIM', READY, GROUP, ARGV[1], 0, pending[1])[1]
  -- What somebody deleted from the stream is forgotten instead.
  if entry then
    local conversation = entry[2][2]
    if redis.call('HGET', TOKENS, conversation) == pending[1] then
      taken[#taken + 1] = pending[1]
      taken[#taken + 1] = conversation
      taken[#taken + 1] = pending[4] + 1
    else
      drop_token(pending[1])
    end
  end
end
return taken
