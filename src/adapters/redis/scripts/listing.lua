-- Shared by the directory's scripts: KEYS[1] is what is known of one alias, "<former>:<id>": how many people gave it up,
-- and whom it leads to, if anybody. ARGV[1] is how many ms an alias is kept; for good once somebody gave it up, or its
-- next owner would be taken for its first.
local function listing()
  local value = redis.call('GET', KEYS[1])
  if not value then return 0, '' end
  local former, id = value:match('^(%d+):(.*)$')
  return tonumber(former), id
end

local function list(former, id)
  redis.call('SET', KEYS[1], former .. ':' .. id)
  if former == 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
end
