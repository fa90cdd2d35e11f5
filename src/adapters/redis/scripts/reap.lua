-- Take over conversations whose claim was not renewed in time.
--
-- ARGV: 1 worker that takes over, 2 how long a claim holds (ms), 3 how many conversations at most.
-- Returns token, conversation and delivery number of each, in one list.
local worker, lease_ms, limit = unpack(ARGV)

local taken = {}
for _, pending in ipairs(redis.call('XPENDING', READY, GROUP, 'IDLE', lease_ms, '-', '+', limit)) do
  local token, deliveries = pending[1], pending[4]
  local entry = redis.call('XCLAIM', READY, GROUP, worker, 0, token)[1]
  -- An entry that somebody deleted from the stream is no longer pending now.
  if entry then
    local conversation = entry[2][2]
    if redis.call('HGET', TOKENS, conversation) == token then
      taken[#taken + 1] = token
      taken[#taken + 1] = conversation
      taken[#taken + 1] = deliveries + 1
    else
      drop_token(token)
    end
  end
end
return taken
