-- Make the group that reads KEYS[1], unless it is there. A script may do so in a full store, which workers must be able
-- to empty. Each worker has a name of its own, so those that hold nothing and were silent for ARGV[1] ms are forgotten.
redis.pcall('XGROUP', 'CREATE', KEYS[1], 'workers', '0', 'MKSTREAM')
for _, worker in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], 'workers')) do
  local name, holding, silent = worker[2], worker[4], worker[6]
  if holding == 0 and silent >= tonumber(ARGV[1]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], 'workers', name)
  end
end
