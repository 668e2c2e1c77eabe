"""The tree's arithmetic against RFC 6962: published roots, and properties over every size up to 200."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.ledger import merkle

LEAVES = [merkle.leaf_hash(f"leaf {number}") for number in range(200)]


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:split]) + by_definition(leaves[split:])).digest()


def fetch(positions):
    return {(level, index): by_definition(LEAVES[index << level : (index + 1) << level]) for level, index in positions}


def inclusion(index: int, size: int) -> list[bytes]:
    return merkle.gather(merkle.inclusion_spans(index, size), fetch)


def consistency(old: int, new: int) -> list[bytes]:
    return merkle.gather(merkle.consistency_spans(old, new), fetch)


def root(size: int) -> bytes:
    return by_definition(LEAVES[:size])


sizes = st.integers(min_value=1, max_value=200)


def test_a_leaf_is_hashed_with_a_zero_and_a_node_with_a_one_before_it() -> None:
    assert merkle.leaf_hash("").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    left, right = merkle.leaf_hash("a"), merkle.leaf_hash("b")
    assert merkle.node_hash(left, right) == hashlib.sha256(b"\x01" + left + right).digest()


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle.fold([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 201))
def test_every_leaf_of_every_tree_is_proved(size: int) -> None:
    top = root(size)
    assert merkle.fold(list(fetch(merkle.frontier(size)).values())) == top
    for index in {0, size // 3, size // 2, size - 1}:
        proof = inclusion(index, size)
        assert len(proof) <= (size - 1).bit_length()
        assert merkle.verify_inclusion(LEAVES[index], index, size, proof, top)


@pytest.mark.parametrize("new", range(1, 201))
def test_every_tree_continues_every_smaller_one(new: int) -> None:
    top = root(new)
    for old in {0, 1, new // 3, new // 2, new - 1, new}:
        assert merkle.verify_consistency(old, root(old), new, top, consistency(old, new))


def test_a_growing_tree_has_the_root_of_the_definition_at_every_size() -> None:
    tree = merkle.Growing()
    for size, leaf in enumerate(LEAVES):
        assert (tree.size, tree.root()) == (size, root(size))
        tree.add(leaf)


@given(st.data(), sizes)
def test_another_leaf_position_size_root_or_proof_is_refused(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof, top = inclusion(index, size), root(size)
    other = data.draw(st.integers(-2, 400).filter(lambda value: value != index))
    assert not merkle.verify_inclusion(merkle.leaf_hash("another"), index, size, proof, top)
    assert not merkle.verify_inclusion(LEAVES[index], other, size, proof, top)
    assert not merkle.verify_inclusion(LEAVES[index], index, size, proof, merkle.leaf_hash("another"))
    assert not merkle.verify_inclusion(LEAVES[index], index, size, [*proof, top], top)
    for number in range(len(proof)):
        assert not merkle.verify_inclusion(LEAVES[index], index, size, proof[:number] + proof[number + 1 :], top)
        changed = [*proof[:number], merkle.leaf_hash("another"), *proof[number + 1 :]]
        assert not merkle.verify_inclusion(LEAVES[index], index, size, changed, top)


@given(st.data(), sizes)
def test_a_size_that_asks_for_a_proof_of_another_length_is_refused(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, 200))
    proof = inclusion(index, size)
    if other <= index or len(merkle.inclusion_spans(index, other)) != len(proof):
        assert merkle.root_from_proof(LEAVES[index], index, other, proof) is None


@given(st.data(), sizes)
def test_a_tree_with_a_changed_past_is_refused(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    changed = data.draw(st.integers(0, old - 1))
    leaves = [*LEAVES[:changed], merkle.leaf_hash("another"), *LEAVES[changed + 1 : new]]
    proof = consistency(old, new)
    assert not merkle.verify_consistency(old, by_definition(leaves[:old]), new, root(new), proof)
    assert not merkle.verify_consistency(old, root(old), new, by_definition(leaves), proof)


@given(st.data(), sizes)
def test_a_consistency_proof_with_a_hash_too_many_too_few_or_changed_is_refused(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(0, new))
    proof = consistency(old, new)
    arguments = (old, root(old), new, root(new))
    assert not merkle.verify_consistency(*arguments, [*proof, root(new)])
    for number in range(len(proof)):
        assert not merkle.verify_consistency(*arguments, proof[:number] + proof[number + 1 :])
        assert not merkle.verify_consistency(
            *arguments, [*proof[:number], merkle.leaf_hash("another"), *proof[number + 1 :]]
        )


def test_a_tree_that_shrank_or_has_a_negative_size_is_refused() -> None:
    assert not merkle.verify_consistency(5, root(5), 3, root(3), [])
    assert not merkle.verify_consistency(-1, root(1), 3, root(3), [])


def test_no_proof_is_made_about_what_is_not_there() -> None:
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion_spans(4, 4)
    with pytest.raises(ValueError, match="must not be larger"):
        merkle.consistency_spans(5, 4)
