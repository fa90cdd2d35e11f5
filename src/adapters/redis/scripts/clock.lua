-- Shared by the send_rate_limiter's scripts: the store's time in microseconds, so that all processes have the same.
local function now_us()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- A stored number; 0 where there is none, or what is there is none: one damaged record must not stop all sending.
local function number(text)
  local value = tonumber(text or '')
  return value and math.abs(value) < 2 ^ 53 and value or 0
end
