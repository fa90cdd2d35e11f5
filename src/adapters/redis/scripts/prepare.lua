-- Create the group of workers, unless it exists, and remove workers that hold nothing and are gone: every worker has a
-- new name. A script may do so in a full store, which workers must be able to empty.
--
-- KEYS: 1 ready stream.
-- ARGV: 1 after how many ms of silence a worker counts as gone.
local READY, GROUP, silent_ms = KEYS[1], 'workers', tonumber(ARGV[1])

redis.pcall('XGROUP', 'CREATE', READY, GROUP, '0', 'MKSTREAM')
for _, worker in ipairs(redis.call('XINFO', 'CONSUMERS', READY, GROUP)) do
  local name, pending, idle_ms = worker[2], worker[4], worker[6]
  if pending == 0 and idle_ms >= silent_ms then redis.call('XGROUP', 'DELCONSUMER', READY, GROUP, name) end
end
