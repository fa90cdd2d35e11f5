-- The turn under way; else one set aside for replay; else a new turn of at most ARGV[5] waiting messages.
-- Messages move from mail into the turn here, so that a turn that is tried again is the same turn.
local function assemble(members)
  local messages = {}
  for i, member in ipairs(members) do
    -- What is none of ours makes a turn that cannot be read, and so a dead letter.
    messages[i] = member:match('^%x+|%d+|%d+|%d+|(.*)$') or cjson.encode(member)
  end
  redis.call('HSET', TURN, 'id', TOKEN, 'messages', '[' .. table.concat(messages, ',') .. ']')
  redis.call('ZREMRANGEBYRANK', MAIL, 0, #members - 1)
end

if redis.call('EXISTS', TURN) == 0 then
  local urgent = redis.call('LPOP', PRIORITY)
  if urgent then
    local restored = pcall(function() redis.call('HSET', TURN, unpack(cjson.decode(urgent))) end)
    if not restored then redis.call('HSET', TURN, 'id', TOKEN, 'messages', urgent) end
  else
    local members = redis.call('ZRANGE', MAIL, 0, ARGV[5] - 1)
    if #members == 0 then
      settle()
      return {}
    end
    assemble(members)
  end
end
return redis.call('HGETALL', TURN)
