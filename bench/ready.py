"""How a process of the bench reports that it is ready."""


def say_port(_host: str, port: int) -> None:
    print(port, flush=True)
