-- End the turn.
redis.call('DEL', TURN)
publish(feed.activities)
settle()
