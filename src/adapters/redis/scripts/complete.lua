redis.call('DEL', TURN)
settle()
