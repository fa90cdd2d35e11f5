-- Helpers for the sessions whose memory is to be cleared: a set of JSON texts, ordered by when each is due (ms).

-- Add sessions, due at once. One that is there stays as it is. `added` has `sessions` and `max`: how many are kept.
local function add_old_sessions(set, added)
  local now = redis.call('TIME')[1] * 1000
  for _, session in ipairs(added.sessions) do redis.call('ZADD', set, 'NX', now, session) end
  redis.call('ZREMRANGEBYRANK', set, 0, -1 - added.max)
end
