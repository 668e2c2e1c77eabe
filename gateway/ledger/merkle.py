"""The arithmetic of the Merkle tree of RFC 6962: hashes, positions and proofs. Pure; nothing is stored here.

A tree of `size` leaves is cut at the largest power of two below its size, again and again. Subtrees that
are full never change once they are there, so each is named by a `Position` and its hash is kept; every
root and every proof is folded from those.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from hashlib import sha256

Position = tuple[int, int]
"""A full subtree: its level (2**level leaves) and its number on that level, counted from the left and 0."""
Span = tuple[int, int]
"""Leaves from the first number up to and without the second."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves (RFC 6962, section 2.1)."""


def leaf_hash(content: str) -> bytes:
    """Hash of one leaf: the 0x00 keeps a leaf from ever passing as a node."""
    return sha256(b"\x00" + content.encode()).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of two subtrees put together."""
    return sha256(b"\x01" + left + right).digest()


def positions(span: Span) -> list[Position]:
    """The full subtrees that make up a span, from the left: the largest first.

    The span must start where a subtree of its size can start, as every span of a root or a proof does.
    """
    start, end = span
    found: list[Position] = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def fold(hashes: Sequence[bytes]) -> bytes:
    """Root over the full subtrees of one span, given from the left."""
    if not hashes:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def frontier(size: int) -> list[Position]:
    """The full subtrees of a whole tree, from the left: all that is needed to append the next leaf."""
    return positions((0, size))


def inclusion_spans(index: int, size: int) -> list[Span]:
    """The spans whose roots prove leaf `index` in a tree of `size`, from the leaf to the root (PATH)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    spans: list[Span] = []
    start, end = 0, size
    while end - start > 1:
        cut = start + _split(end - start)
        if index < cut:
            spans.append((cut, end))
            end = cut
        else:
            spans.append((start, cut))
            start = cut
    return spans[::-1]


def consistency_spans(old: int, new: int) -> list[Span]:
    """The spans whose roots prove that a tree of `old` leaves is the beginning of one of `new` (PROOF)."""
    if not 0 <= old <= new:
        raise ValueError("the older tree must not be larger")
    if old in (0, new):
        return []
    spans: list[Span] = []
    start, end = 0, new
    while old != end:
        cut = start + _split(end - start)
        if old <= cut:
            spans.append((cut, end))
            end = cut
        else:
            spans.append((start, cut))
            start = cut
    if start:
        # Only a subtree at the very left is the old root itself, which the checker already has.
        spans.append((start, end))
    return spans[::-1]


def gather(spans: Sequence[Span], fetch: Callable[[Sequence[Position]], dict[Position, bytes]]) -> list[bytes]:
    """The roots of several spans, with their subtrees fetched all at once."""
    wanted = [positions(span) for span in spans]
    known = fetch([position for group in wanted for position in group])
    return [fold([known[position] for position in group]) for group in wanted]


def root_from_proof(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a proof leads to (RFC 9162, section 2.1.3.2); None where its length does not fit."""
    if not 0 <= index < size:
        return None
    number, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            root = node_hash(sibling, root)
            # Levels on which the right edge has no sibling add nothing to the proof.
            while number and not number & 1:
                number >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        number >>= 1
        last >>= 1
    return root if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the leaf with that hash stands at `index` in the tree of that size and root."""
    return root_from_proof(leaf, index, size, proof) == root


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the older tree is the beginning of the newer one (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old_size <= new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    steps = _consistency_start(old_size, old_root, proof)
    number, last = old_size - 1, new_size - 1
    while number & 1:
        number >>= 1
        last >>= 1
    old = new = next(steps, b"")
    for sibling in steps:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while number and not number & 1:
                number >>= 1
                last >>= 1
        else:
            new = node_hash(new, sibling)
        number >>= 1
        last >>= 1
    return last == 0 and (old, new) == (old_root, new_root)


class Growing:
    """A tree that is only added to and forgets its leaves: what a reader of a whole log needs."""

    def __init__(self) -> None:
        self.size = 0
        self._edge: list[bytes] = []

    def add(self, leaf: bytes) -> None:
        """Put one more leaf hash at the right."""
        carry, left = leaf, self.size
        while left & 1:
            carry = node_hash(self._edge.pop(), carry)
            left >>= 1
        self._edge.append(carry)
        self.size += 1

    def root(self) -> bytes:
        """The root of what was added so far."""
        return fold(self._edge)


def _split(size: int) -> int:
    """The largest power of two below `size`, where RFC 6962 cuts a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def _consistency_start(old_size: int, old_root: bytes, proof: Sequence[bytes]) -> Iterator[bytes]:
    # A full older tree is itself the first step, and the proof leaves it out.
    if old_size & (old_size - 1) == 0:
        yield old_root
    yield from proof
