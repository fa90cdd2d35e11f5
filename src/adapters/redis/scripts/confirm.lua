-- The channel proved sends: KEYS[4..] are the turns they belong to; ARGV holds, for each, conversation, turn id, part
-- and the channel's id. Only the part that is next can be news; any other is recorded, or belongs to the past.
local function is_next(turn, part)
  local follows = part == '0' or redis.call('HEXISTS', turn, 'sent:' .. (part - 1)) == 1
  return follows and redis.call('HEXISTS', turn, 'sent:' .. part) == 0
end

for at = 1, #ARGV, 4 do
  local turn = KEYS[4 + (at - 1) / 4]
  if redis.call('HGET', turn, 'id') == ARGV[at + 1] and is_next(turn, ARGV[at + 2]) then
    redis.call('HSET', turn, 'sent:' .. ARGV[at + 2], ARGV[at + 3])
    redis.call('HDEL', turn, 'attempts', 'confirmation_waits', 'unconfirmed_attempts', 'error')
    -- Its only reason to wait is gone.
    if redis.call('HGET', TOKENS, ARGV[at]) == 'B' then make_ready(ARGV[at]) end
  end
end
