-- Hand the conversation back unchanged. It gets a new token, which wakes a waiting worker at once.
drop_token(token)
make_ready(conversation)
