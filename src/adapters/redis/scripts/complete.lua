redis.call('DEL', TURN)
settle()
return 1
