"""The tree: against a definition written again from the RFC, published vectors, and pymerkle."""

import json
import random
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree  # type: ignore[import-untyped]

from app.audit.merkle import (
    STRIDE,
    Frontier,
    MerkleError,
    consistency_proof,
    in_memory,
    inclusion_proof,
    leaf_hash,
    root,
    root_at,
    verify_consistency,
    verify_inclusion,
)

VECTORS = json.loads((Path(__file__).parent / "vectors" / "tree.json").read_text())
BODIES = [f"event {i}".encode() for i in range(64)]
LEAVES = [leaf_hash(body) for body in BODIES]
READ = in_memory(LEAVES)


def define_root(bodies: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, as the text defines it."""
    if len(bodies) < 2:
        return sha256(b"\x00" + bodies[0] if bodies else b"").digest()
    k = 1
    while 2 * k < len(bodies):
        k *= 2
    return sha256(b"\x01" + define_root(bodies[:k]) + define_root(bodies[k:])).digest()


ROOTS = [define_root(BODIES[:n]) for n in range(65)]
STEADY = settings(derandomize=True, deadline=None, database=None)
hashes = st.lists(st.one_of(st.sampled_from(LEAVES), st.binary(max_size=40)), max_size=9)
sizes = st.integers(-3, 2**64)


def hexes(values: list[bytes]) -> list[str]:
    return [value.hex() for value in values]


def test_published_vectors_hold() -> None:
    bodies = [bytes.fromhex(each) for each in VECTORS["leaves"]]
    leaves = [leaf_hash(body) for body in bodies]
    read = in_memory(leaves)
    assert hexes(leaves) == VECTORS["leaf_hashes"]
    assert [define_root(bodies[:n]).hex() for n in range(9)] == VECTORS["roots"]
    assert [root(leaves[:n]).hex() for n in range(9)] == VECTORS["roots"]
    for each in VECTORS["inclusion"]:
        assert hexes(inclusion_proof(read, each["index"], each["size"])) == each["path"]
    for each in VECTORS["consistency"]:
        assert hexes(consistency_proof(read, each["old"], each["new"])) == each["path"]


def test_every_root_agrees_with_the_definition_and_with_pymerkle() -> None:
    other = InmemoryTree(algorithm="sha256")
    frontier = Frontier()
    for n, body in enumerate(BODIES, 1):
        other.append_entry(body)
        frontier.extend([leaf_hash(body)])
        assert frontier.root() == root_at(READ, n) == other.get_root() == ROOTS[n]


def test_every_inclusion_proof_holds_for_its_own_leaf_only_and_agrees_with_pymerkle() -> None:
    for n in range(1, 65):
        other = InmemoryTree.init_from_entries(BODIES[:n], algorithm="sha256")
        for m in range(n):
            proof = inclusion_proof(READ, m, n)
            verify_inclusion(LEAVES[m], m, n, proof, ROOTS[n])
            if n in {1, 2, 7, 33, 64}:
                assert [LEAVES[m], *proof] == [
                    bytes.fromhex(step) for step in other.prove_inclusion(m + 1).serialize()["path"]
                ]
            for wrong in (LEAVES[(m + 1) % 64], ROOTS[n] if n > 1 else ROOTS[2]):
                with pytest.raises(MerkleError):
                    verify_inclusion(wrong, m, n, proof, ROOTS[n])


def test_every_consistency_proof_holds_and_shows_nothing_else() -> None:
    for n in range(65):
        for m in range(n + 1):
            proof = consistency_proof(READ, m, n)
            verify_consistency(m, ROOTS[m], n, ROOTS[n], proof)
            for old, new in ((ROOTS[(m + 1) % 65], ROOTS[n]), (ROOTS[m], ROOTS[(n + 1) % 65])):
                if m == 0 and old == ROOTS[0]:
                    continue  # every tree appends to the empty one
                with pytest.raises(MerkleError):
                    verify_consistency(m, old, n, new, proof)


def test_a_rewritten_past_has_no_consistency_proof() -> None:
    rewritten = in_memory([*LEAVES[:3], leaf_hash(b"forged"), *LEAVES[4:]])
    with pytest.raises(MerkleError):
        verify_consistency(
            10, ROOTS[10], 40, root_at(rewritten, 40), consistency_proof(rewritten, 10, 40)
        )


def test_frontier_appends_in_batches_and_survives_storage() -> None:
    frontier, done = Frontier(), 0
    for batch in (1, 0, 7, 2, 30, 24):
        frontier = Frontier.from_bytes(frontier.to_bytes())
        frontier.extend(LEAVES[done : done + batch])
        done += batch
        assert frontier.root() == ROOTS[done]
        assert frontier == Frontier.at(READ, done)


def test_a_proof_that_stops_at_a_smaller_tree_does_not_speak_for_the_larger() -> None:
    with pytest.raises(MerkleError):
        verify_inclusion(LEAVES[0], 0, 4, inclusion_proof(READ, 0, 2), ROOTS[2])
    with pytest.raises(MerkleError):
        verify_consistency(2, ROOTS[2], 4, ROOTS[2], [])


@pytest.mark.parametrize("size", [255, 256, 257, 1000, 2**16 + 2**8 + 3])
def test_proofs_from_stored_levels_read_few_hashes_and_no_node_that_is_not_complete(
    size: int,
) -> None:
    leaves = [leaf_hash(str(i).encode()) for i in range(size)]
    frontier = Frontier()
    stored = {(0, i): leaf for i, leaf in enumerate(leaves)}
    stored |= {(node.level, node.index): node.hash for node in frontier.extend(leaves)}
    reads: list[int] = []

    def read(level: int, start: int, stop: int) -> list[bytes]:
        assert level % STRIDE == 0
        reads.append(stop - start)
        return [stored[level, i] for i in range(start, stop)]

    for index in (0, size // 3, size - 1):
        reads.clear()
        proof = inclusion_proof(read, index, size)
        verify_inclusion(leaves[index], index, size, proof, frontier.root())
        assert max(reads) <= 128
        assert sum(reads) <= 3 * 256 + 64
    old = size * 2 // 3
    proof = consistency_proof(read, old, size)
    verify_consistency(old, root(leaves[:old]), size, frontier.root(), proof)
    assert proof == consistency_proof(in_memory(leaves), old, size)


def test_a_missing_or_short_stored_hash_is_refused() -> None:
    with pytest.raises(MerkleError):
        inclusion_proof(in_memory(LEAVES[:5]), 2, 9)
    with pytest.raises(MerkleError):
        inclusion_proof(in_memory([*LEAVES[:4], b"short"]), 2, 5)
    with pytest.raises(MerkleError):
        Frontier().extend([b"short"])


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0), (0, -1), (0, 2**63)])
def test_no_proof_is_made_for_a_leaf_outside_the_tree(index: int, size: int) -> None:
    with pytest.raises(MerkleError):
        inclusion_proof(READ, index, size)


@settings(STEADY)
@given(st.binary(max_size=120))
def test_bytes_that_are_no_frontier_raise_its_own_error(stored: bytes) -> None:
    try:
        frontier = Frontier.from_bytes(stored)
    except MerkleError:
        return
    assert frontier.to_bytes() == stored


@settings(STEADY, max_examples=300)
@given(st.binary(max_size=40), sizes, sizes, hashes, st.sampled_from(ROOTS))
def test_no_made_up_inclusion_proof_is_accepted(
    leaf: bytes, index: int, size: int, proof: list[bytes], expected: bytes
) -> None:
    with pytest.raises(MerkleError):
        verify_inclusion(leaf, index, size, proof, expected)


@settings(STEADY, max_examples=300)
@given(st.binary(max_size=40), sizes, sizes, hashes, st.sampled_from(ROOTS[1:]))
def test_no_made_up_consistency_proof_is_accepted(
    old_root: bytes, old: int, new: int, proof: list[bytes], new_root: bytes
) -> None:
    with pytest.raises(MerkleError):
        verify_consistency(old, old_root, new, new_root, proof)


@settings(STEADY)
@given(st.randoms(use_true_random=False), st.integers(2, 64))
def test_a_proof_changed_in_any_way_is_refused(chance: random.Random, size: int) -> None:
    index = chance.randrange(size)
    proof = inclusion_proof(READ, index, size)
    at = chance.randrange(len(proof))
    flipped = bytes([proof[at][0] ^ 1 << chance.randrange(8)]) + proof[at][1:]
    for wrong in (
        [*proof[:at], flipped, *proof[at + 1 :]],
        proof[:at] + proof[at + 1 :],
        [*proof, LEAVES[0]],
        [LEAVES[index], *proof],
    ):
        with pytest.raises(MerkleError):
            verify_inclusion(LEAVES[index], index, size, wrong, ROOTS[size])
    with pytest.raises(MerkleError):
        verify_inclusion(LEAVES[index], (index + 1) % size, size, proof, ROOTS[size])
