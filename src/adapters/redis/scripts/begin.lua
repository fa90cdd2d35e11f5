-- Return the turn under way. Where there is none, begin the first priority turn, else a turn of the oldest waiting
-- messages. The messages move into the turn, so that a retry is a retry of the same turn.
--
-- KEYS: 11 usage of the day, 12 what the person spent; both only where a budget is checked.
-- ARGV: 6 how many messages a turn has at most, 7 what the id of a button begins with that confirms an action, 8 the
--   day, and 9 the field of the channel in the usage of the day; both only where a budget is checked.
-- Returns names and values of the turn's fields in one list, those of the state in another, and the two parts of the
-- rate log: id, time, id, time, ... The first list is empty when nothing waits; then the claim is settled. Where a
-- budget is checked, also what the person and the channel spent on that day.
local USAGE, SPENT = KEYS[11], KEYS[12]
local max_messages, confirm_prefix, day, channel_field = unpack(ARGV, 6, 9)

local turn, state = redis.call('HGETALL', TURN), redis.call('HGETALL', STATE)

local function begin_turn(messages)
  turn = {'id', token, 'messages', messages}
  redis.call('HSET', TURN, unpack(turn))
end

local function asks_to_confirm()
  for at = 1, #state, 2 do
    if state[at] == 'choices' then return state[at + 1]:find(confirm_prefix, 1, true) end
  end
end

-- What a waiting message is when an action is to be confirmed: "answer" for one that may confirm it, "annotation" for
-- one that is about another message; anything else for all others, for damaged ones, and beyond the last.
local function role_of(record)
  local read, waiting = pcall(cjson.decode, record)
  return read and type(waiting) == 'table' and waiting.role
end

-- How many of the waiting messages are one turn (see `taken_together` in `confirmations.py`). Example: while the last
-- answer asks to confirm an action, of "wait", "yes", "thanks" each is a turn.
local function taken_together(messages)
  if not asks_to_confirm() then return #messages end
  local first = 1
  while first <= #messages and role_of(messages[first]) ~= 'answer' do first = first + 1 end
  if first > 1 then return first - 1 end
  local last = 1
  while role_of(messages[last + 1]) == 'annotation' do last = last + 1 end
  return last
end

-- A damaged record becomes a turn that cannot be read, and so a dead letter. So do damaged messages.
local function restore(record)
  local function write()
    for name, value in pairs(cjson.decode(record)) do redis.call('HSET', TURN, name, value) end
  end
  if not pcall(write) or redis.call('EXISTS', TURN) == 0 then begin_turn(record) end
  turn = redis.call('HGETALL', TURN)
end

if #turn == 0 then
  local record = redis.call('LPOP', PRIORITY)
  local messages = redis.call('ZRANGE', MAIL, 0, max_messages - 1)
  if record then
    restore(record)
  elseif #messages > 0 then
    local taken = taken_together(messages)
    begin_turn('[' .. table.concat(messages, ',', 1, taken) .. ']')
    redis.call('ZREMRANGEBYRANK', MAIL, 0, taken - 1)
  else
    settle()
  end
end
local spent
if day then
  local of_person = redis.call('HMGET', SPENT, 'day', 'spent')
  spent = {of_person[1] == day and of_person[2], redis.call('HGET', USAGE, channel_field)}
end
return {
  turn,
  state,
  redis.call('ZRANGE', ADMITTED, 0, -1, 'WITHSCORES'),
  redis.call('ZRANGE', NOTICES, 0, -1, 'WITHSCORES'),
  spent,
}
