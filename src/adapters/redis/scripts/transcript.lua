-- Helpers for transcripts: a stream of each conversation, and an index of the conversations by when something was last
-- said (ms). Nothing fails because an entry cannot be kept, for example when somebody damaged the key.

-- Of one partition. Beyond that, those are dropped in which nothing was said for the longest time.
local MAX_LISTED = 100000

-- When this script appended its first entry (ms), for the clock stands still while a script runs, and whether it trimmed
-- the index. All entries of one script have the same index, which is kept and trimmed once.
local said_ms, is_trimmed

-- Append an entry, and forget the oldest ones: those beyond `max`, and those that are older than `keep_ms`.
local function append_entry(transcript, index, conversation, max, keep_ms, ...)
  local is_first = not said_ms
  if is_first then
    local time = redis.call('TIME')
    said_ms = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  redis.pcall('XADD', transcript, 'MAXLEN', max, '*', ...)
  redis.pcall('XTRIM', transcript, 'MINID', ('%.0f'):format(said_ms - keep_ms))
  redis.call('PEXPIRE', transcript, keep_ms)
  if redis.pcall('ZADD', index, said_ms, conversation) == 1 and not is_trimmed then
    is_trimmed = true
    redis.call('ZREMRANGEBYSCORE', index, '-inf', said_ms - keep_ms)
    redis.call('ZREMRANGEBYRANK', index, 0, -1 - MAX_LISTED)
  end
  if is_first then redis.call('PEXPIRE', index, keep_ms) end
end
