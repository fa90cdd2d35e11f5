"""Groups. A person who has written in a group is a member."""

from simulator.state.phones import Phone

SAMPLE_GROUP = "Y2FwaV9ncm91cDoxNTU1MDAwMTExMToxMjAzNjM0MDQ2OTQyMzM4MjAZD"


class Groups:
    """The phones of each group, by its id."""

    def __init__(self) -> None:
        self._phones: dict[str, list[Phone]] = {}

    def join(self, group_id: str, phone: Phone) -> None:
        """Make this phone a member."""
        phones = self._phones.setdefault(group_id, [])
        if phone not in phones:
            phones.append(phone)

    def phones_of(self, group_id: str) -> tuple[Phone, ...]:
        """The members. An unknown group has none."""
        return tuple(self._phones.get(group_id, ()))
