-- Describe conversations for a list.
--
-- KEYS: 1 tokens; then the state of each conversation. ARGV: each conversation.
-- Returns for each four values: who it is with (JSON), when they last wrote, until when a human answers, its token.
local TOKENS = KEYS[1]

local found = {}
for at, conversation in ipairs(ARGV) do
  local state = redis.pcall('HMGET', KEYS[at + 1], 'contact', 'heard_at', 'human_until')
  for field = 1, 3 do found[4 * at - 4 + field] = state[field] or '' end
  found[4 * at] = redis.call('HGET', TOKENS, conversation)
end
return found
