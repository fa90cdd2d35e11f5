-- End the turn.
redis.call('DEL', TURN)
settle()
