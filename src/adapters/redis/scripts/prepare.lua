-- Make the group that reads KEYS[1], unless it is there. A script may do so in a full store, which workers must be able
-- to empty.
local made = redis.pcall('XGROUP', 'CREATE', KEYS[1], 'workers', '0', 'MKSTREAM')
if made.err and not made.err:find('BUSYGROUP', 1, true) then return made end
