-- Shared by the pacer's scripts: the store's time in microseconds, so that all processes have the same.
local function now_us()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
