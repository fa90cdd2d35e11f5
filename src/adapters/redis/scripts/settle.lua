-- How a step gives the token of its conversation back.

-- When a conversation with waiting messages is due, and until when it waits at the latest. Fails on a damaged message.
local function debounce()
  local oldest = cjson.decode(redis.call('ZRANGE', MAIL, 0, 0)[1])
  local newest = cjson.decode(redis.call('ZRANGE', MAIL, -1, -1)[1])
  local latest = oldest.arrived_ms + newest.cap_ms
  return math.min(newest.arrived_ms + newest.quiet_ms, latest), latest
end

-- Give the token back. The conversation goes to the end of the queue, waits for more messages, or has nothing to do.
local function settle()
  drop_token(token)
  if redis.call('EXISTS', PRIORITY, MAIL) == 0 then return redis.call('HDEL', TOKENS, conversation) end
  if redis.call('EXISTS', PRIORITY) == 1 then return make_ready(conversation) end
  local readable, due, latest = pcall(debounce)
  if not (readable and due > now_ms()) then return make_ready(conversation) end
  redis.call('HSET', TOKENS, conversation, DEBOUNCE:format(latest))
  redis.call('ZADD', LATER, due, conversation)
end

-- Give the token back until the turn goes on in so many ms. No new message overtakes it.
local function go_on_in(ms)
  drop_token(token)
  redis.call('HSET', TOKENS, conversation, DELAYED)
  redis.call('ZADD', LATER, now_ms() + ms, conversation)
end
