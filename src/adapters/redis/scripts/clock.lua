-- Helpers for sending limits. Times are in microseconds of the store's clock, which is the same for all processes.
local function now_us()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- A stored number. It is 0 where there is none or it is damaged: one damaged record must not stop all sending.
local function number(text)
  local value = tonumber(text or '')
  return value and math.abs(value) < 2 ^ 53 and value or 0
end
