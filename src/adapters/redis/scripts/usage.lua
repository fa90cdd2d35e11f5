-- Count what the run of a turn used. It follows `changes.lua`, which stores the other changes.
--
-- KEYS: 11 usage of the day, 12 what the person spent. Both are only there when there is something to count.
local USAGE, SPENT = KEYS[11], KEYS[12]
local SEPARATOR = '\31'

-- A damaged counter begins anew.
local function add(hash, name, amount)
  if amount == 0 then return 0 end
  local written = ('%.0f'):format(amount)
  local sum = redis.pcall('HINCRBY', hash, name, written)
  if type(sum) == 'number' then return sum end
  redis.call('HSET', hash, name, written)
  return amount
end

-- The row itself, or the row for all others when there are too many.
local function row_of(counted, max_counters)
  local is_known = redis.call('HEXISTS', USAGE, 'turns' .. SEPARATOR .. counted.row) == 1
  return (is_known or redis.call('HLEN', USAGE) < max_counters) and counted.row or counted.other
end

-- Add to a sum of the day. Returns whether the sum has come so far now that it must be told, once a day.
local function spend(hash, name, amount, warn_from, marker)
  local sum = add(hash, name, amount)
  return warn_from ~= nil and sum >= warn_from and redis.call('HSETNX', hash, marker, 1) == 1
end

-- Count once a turn, also when the step is repeated. Returns the budgets to warn about.
local function count_usage(used)
  local warnings = {}
  if redis.call('HSETNX', TURN, 'usage_counted', 1) == 0 then return warnings end
  for _, counted in ipairs(used.rows) do
    local row = row_of(counted, used.max_counters)
    for _, counter in ipairs({ 'turns', 'in', 'out', 'cost' }) do
      add(USAGE, counter .. SEPARATOR .. row, counted[counter])
    end
  end
  local channel_field = 'spent' .. SEPARATOR .. used.channel
  if spend(USAGE, channel_field, used.spent, used.warn_from.channel, 'warned' .. SEPARATOR .. used.channel) then
    warnings[#warnings + 1] = 'channel'
  end
  redis.call('PEXPIRE', USAGE, used.keep_ms)
  if used.has_person then
    if redis.call('HGET', SPENT, 'day') ~= used.day then
      redis.call('DEL', SPENT)
      redis.call('HSET', SPENT, 'day', used.day)
    end
    if spend(SPENT, 'spent', used.spent, used.warn_from.person, 'warned') then warnings[#warnings + 1] = 'person' end
    redis.call('PEXPIRE', SPENT, used.keep_person_ms)
  end
  return warnings
end
