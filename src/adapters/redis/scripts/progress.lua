-- Record in the turn what a step has changed about it. A step that ends the turn need not: it deletes the turn.
for part, message_id in pairs(changes.sent or {}) do record_part(TURN, part, message_id) end
if changes.agent then redis.call('HSET', TURN, 'agent', changes.agent) end
if changes.trace then redis.call('HSET', TURN, 'trace', changes.trace) end
