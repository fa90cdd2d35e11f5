-- Forget, of a conversation that is erased, what waits and the turn under way. State and transcript get names under
-- which only the erasure finds them.
--
-- KEYS: 4 index of conversations, 5 state, 6 its name while it is erased, 7 transcript, 8 its name while it is erased;
--   then those that are deleted.
-- ARGV: 1 conversation, 2 "1": also while a worker is answering it, 3 how long the erasure may take (ms).
-- Returns "busy" while a worker is answering it, "cut_off" when one was, else "free".
local INDEX = KEYS[4]
local conversation, force, keep_ms = ARGV[1], ARGV[2], ARGV[3]

local token, found = redis.call('HGET', TOKENS, conversation), 'free'
if token and token:match('^%d+%-%d+$') then
  if #redis.call('XPENDING', READY, GROUP, token, token, 1) > 0 then
    if force ~= '1' then return 'busy' end
    found = 'cut_off'
  end
  drop_token(token)
end
redis.call('HDEL', TOKENS, conversation)
redis.call('ZREM', LATER, conversation)
redis.call('ZREM', INDEX, conversation)
for at = 5, 7, 2 do
  if redis.call('EXISTS', KEYS[at]) == 1 then
    redis.call('RENAME', KEYS[at], KEYS[at + 1])
    redis.call('PEXPIRE', KEYS[at + 1], keep_ms)
  end
end
for at = 9, #KEYS do redis.call('DEL', KEYS[at]) end
return found
