"""The mutants that there are: mutmut makes them, two rules leave out what only people read, chance takes a sample."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst
from mutmut.mutation.file_mutation import Mutation, combine_mutations_to_source, create_mutations
from mutmut.utils.format_utils import get_mutant_name

# Rule 1, by mutmut itself: what begins on a line that writes to the log is not changed.
LOG_CALL = r"\blog\.(debug|info|warning|error|exception)\("
# Rule 2: a literal of so many words is a sentence for people.
WORDS_OF_A_SENTENCE = 3


def is_sentence(node: cst.CSTNode) -> bool:
    """Tell whether what a mutant changes is the wording of a text for people."""
    return (
        isinstance(node, cst.SimpleString)
        and isinstance(node.evaluated_value, str)
        and len(node.evaluated_value.split()) >= WORDS_OF_A_SENTENCE
    )


def mutants_of(path: Path) -> Iterator[tuple[str, bool]]:
    """Name the mutants of a file (from the present folder), and whether each changes a text for people."""
    module, mutations, classes, functions = create_mutations(str(path), path.read_text())
    names = combine_mutations_to_source(module, mutations, classes, functions).mutant_names
    in_functions = _by_function(module, mutations)
    for name, mutation in zip(names, in_functions, strict=True):
        yield get_mutant_name(path, name), is_sentence(mutation.original_node)


def _by_function(module: cst.Module, mutations: Sequence[Mutation]) -> Iterator[Mutation]:
    """Put mutations in the order in which mutmut numbers them; what lies outside functions it does not change."""
    functions: dict[cst.CSTNode | None, list[Mutation]] = {}
    for mutation in mutations:
        functions.setdefault(mutation.contained_by_top_level_function, []).append(mutation)
    for statement in module.body:
        inner = statement.body.body if isinstance(statement, cst.ClassDef) else [statement]
        for function in inner:
            if isinstance(function, cst.FunctionDef):
                yield from functions.get(function, [])


def choose(names: Sequence[str], sample: int, seed: int) -> list[str]:
    """Take so many by chance, the same ones for the same seed; 0 takes all."""
    if not 0 < sample < len(names):
        return list(names)
    return sorted(random.Random(seed).sample(sorted(names), sample))  # noqa: S311 - a sample, no secret
