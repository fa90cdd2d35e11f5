"""What processes have from their supervisor, and what of it a reload finds changed."""

from pathlib import Path

from attrs import evolve

from entrypoints.bootstrap.supervision import Supervision
from entrypoints.settings import HttpSettings, ServiceSettings, Settings
from entrypoints.settings.reloading import without_restart
from support.doctor import CHANNEL

SUPERVISORS = ServiceSettings(http=HttpSettings(host="127.0.0.1", port=8080))
IN_USE = "unix:///data/store.sock"
GIVEN = Supervision.by(Settings(service=SUPERVISORS, channels=(CHANNEL,)), store_url=IN_USE)


def read(**service: object) -> Settings:
    """What a process reads in its files."""
    return Settings(service=evolve(SUPERVISORS, **service), channels=(CHANNEL,))  # type: ignore[arg-type]


def test_it_arrives_over_the_environment() -> None:
    """A process without a supervisor has none."""
    assert Supervision.of({"PATH": "/bin", **GIVEN.variables()}) == GIVEN
    assert Supervision.of({"PATH": "/bin"}) is None


def test_a_process_starts_with_the_supervisors_values() -> None:
    """Whatever the files say by then. The rest is theirs."""
    later = read(
        store="redis://other:6379",
        store_memory_mb=100,
        data_dir=Path("other"),
        http=HttpSettings(host="127.0.0.2", port=1, body_memory_mb=9),
        usage_days=5,
    )

    started = GIVEN.at_start(later)

    http = HttpSettings(host="127.0.0.1", port=8080, body_memory_mb=9)
    assert started == read(store=IN_USE, http=http, usage_days=5)


def test_what_did_not_change_needs_no_restart() -> None:
    started = GIVEN.at_start(read())

    assert without_restart(started, GIVEN.at_reload(read())) == (started, ())


def test_what_changed_is_named() -> None:
    """Of a process that was started before the change, and of one that was started after it."""
    now = read(store="redis://other:6379", http=HttpSettings(host="127.0.0.1", port=9090))

    for started in (GIVEN.at_start(read()), GIVEN.at_start(now)):
        kept, keys = without_restart(started, GIVEN.at_reload(now))
        assert keys == ("store", "http.port")
        assert (kept.service.store, kept.service.http.port) == (IN_USE, 8080)


def test_a_password_is_not_shown() -> None:
    """In errors and logs."""
    assert "secret" not in repr(Supervision.by(read(), store_url="redis://:secret@store:6379"))
