"""The mutants that there are: mutmut makes them, two rules leave out what only people read, chance takes a sample."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import libcst as cst
from mutmut.mutation.file_mutation import Mutation, create_mutations
from mutmut.mutation.trampoline_templates import mangle_function_name
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
    module, mutations, _, _ = create_mutations(str(path), path.read_text())
    functions: dict[cst.CSTNode | None, list[Mutation]] = {}
    for mutation in mutations:
        functions.setdefault(mutation.contained_by_top_level_function, []).append(mutation)
    for function, owner in _functions(module):
        mangled = mangle_function_name(name=function.name.value, class_name=owner)
        for number, mutation in enumerate(functions.get(function, ()), start=1):
            yield (
                get_mutant_name(path, f"{mangled}__mutmut_{number}"),
                is_sentence(mutation.original_node),
            )


def _functions(module: cst.Module) -> Iterator[tuple[cst.FunctionDef, str | None]]:
    """Give a module's functions and its classes' methods, each with its class."""
    for statement in module.body:
        if isinstance(statement, cst.FunctionDef):
            yield statement, None
        elif isinstance(statement, cst.ClassDef):
            for inner in statement.body.body:
                if isinstance(inner, cst.FunctionDef):
                    yield inner, statement.name.value


def choose(names: Sequence[str], sample: int, seed: int) -> list[str]:
    """Take so many by chance, the same ones for the same seed; 0 takes all."""
    if not 0 < sample < len(names):
        return list(names)
    return sorted(random.Random(seed).sample(sorted(names), sample))  # noqa: S311 - a sample, no secret
