-- Append the activities ARGV[2..] to the feed KEYS[1], which keeps about the last ARGV[1].
for at = 2, #ARGV do
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], '*', 'activity', ARGV[at])
end
