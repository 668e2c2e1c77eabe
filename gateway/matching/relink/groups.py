"""Groups of people while a population is linked in memory: joined, and kept apart as humans have said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from gateway.matching.identities import Judged, partition


class Groups:
    """Who belongs together. Whoever stands alone takes no room, so ten million people are no burden."""

    def __init__(self, words: Iterable[Judged]) -> None:
        """Begin with what humans have said, in the way identities follow it."""
        said = list(words)
        self._home: dict[int, int] = {}
        self._inside: dict[int, list[int]] = {}
        self._foes: dict[int, set[int]] = {}
        for word in said:
            if word.verdict == "negative":
                self._foes.setdefault(word.left_id, set()).add(word.right_id)
                self._foes.setdefault(word.right_id, set()).add(word.left_id)
        blocks, _ = partition({end for word in said for end in (word.left_id, word.right_id)}, said)
        for block in blocks:
            for person in block[1:]:
                self.join(block[0], person)

    def home(self, person: int) -> int:
        """What names the person's group: one of its people."""
        return self._home.get(person, person)

    def people(self, home: int) -> Sequence[int]:
        """The people of a group."""
        return self._inside.get(home, (home,))

    def join(self, one: int, other: int) -> None:
        """Put two groups together."""
        large, small = sorted((self.home(one), self.home(other)), key=lambda home: (-len(self.people(home)), home))
        if large == small:
            return
        moved = list(self.people(small))
        self._inside.setdefault(large, [large]).extend(moved)
        self._inside.pop(small, None)
        self._home |= dict.fromkeys(moved, large)
        if foes := self._foes.pop(small, None):
            self._foes.setdefault(large, set()).update(foes)

    def apart(self, one: int, other: int) -> bool:
        """Whether a human keeps somebody of one group apart from somebody of the other."""
        home = self.home(other)
        return any(self.home(foe) == home for foe in self._foes.get(self.home(one), ()))

    def __iter__(self) -> Iterator[list[int]]:
        """The groups of more than one."""
        return iter(self._inside.values())
