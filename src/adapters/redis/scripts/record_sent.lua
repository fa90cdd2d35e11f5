-- Record that the channel accepted a part: that is among the changes, which are stored by now.
--
-- Returns the state of the conversation.
return redis.call('HGETALL', STATE)
