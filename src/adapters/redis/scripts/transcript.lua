-- Helpers for transcripts: a stream of each conversation, and an index of the conversations by when something was last
-- said (ms). Nothing fails because an entry cannot be kept, for example when somebody damaged the key.

-- Of one partition. Beyond that, those are dropped in which nothing was said for the longest time.
local MAX_LISTED = 100000

-- Append an entry, and forget the oldest ones: those beyond `max`, and those that are older than `keep_ms`.
local function append_entry(transcript, index, conversation, max, keep_ms, ...)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  redis.pcall('XADD', transcript, 'MAXLEN', max, '*', ...)
  redis.pcall('XTRIM', transcript, 'MINID', ('%.0f'):format(now - keep_ms))
  redis.call('PEXPIRE', transcript, keep_ms)
  if redis.pcall('ZADD', index, now, conversation) == 1 then
    redis.call('ZREMRANGEBYSCORE', index, '-inf', now - keep_ms)
    redis.call('ZREMRANGEBYRANK', index, 0, -1 - MAX_LISTED)
  end
  redis.call('PEXPIRE', index, keep_ms)
end
