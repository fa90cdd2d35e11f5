-- Find the commands that this login may not run, or that the server does not know.
-- KEYS[1]: a key of ours. ARGV: commands, with a subcommand where they have one. Returns those that would fail.
local OUR_KEY = KEYS[1]
local denied = {}
for _, command in ipairs(ARGV) do
  local words = {}
  for word in string.gmatch(command, '%S+') do
    words[#words + 1] = word
  end
  words[#words + 1] = OUR_KEY
  local known, allowed = pcall(redis.acl_check_cmd, unpack(words))
  if not (known and allowed) then
    denied[#denied + 1] = command
  end
end
return denied
