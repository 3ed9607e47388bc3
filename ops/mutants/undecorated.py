"""Give mutmut the functions that it leaves alone for their decorators: the same meaning, written without them."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

PLAIN = frozenset({"property", "cached_property", "contextmanager", "asynccontextmanager"})


def _decorator(statement: cst.CSTNode) -> str:
    """Name the decorator that can be written as an assignment; empty where there is none or another one."""
    if not isinstance(statement, cst.FunctionDef) or len(statement.decorators) != 1:
        return ""
    decorator = statement.decorators[0].decorator
    return decorator.value if isinstance(decorator, cst.Name) and decorator.value in PLAIN else ""


def _assigned(body: Sequence[cst.CSTNode]) -> list[cst.CSTNode]:
    """Write `@property def f` as `def f` and `f = property(f)`."""
    written: list[cst.CSTNode] = []
    for statement in body:
        name = _decorator(statement)
        if name and isinstance(statement, cst.FunctionDef):
            function = statement.name.value
            after = cst.parse_statement(f"{function} = {name}({function})\n")
            written += [statement.with_changes(decorators=[]), after]
        else:
            written.append(statement)
    return written


class _Undecorate(cst.CSTTransformer):
    def leave_Module(self, original_node: cst.Module, updated_node: cst.Module) -> cst.Module:  # noqa: N802
        return updated_node.with_changes(body=_assigned(updated_node.body))

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:  # noqa: N802
        inner = _assigned(updated_node.body.body)
        return updated_node.with_changes(body=updated_node.body.with_changes(body=inner))


def undecorated(source: str) -> str:
    """Return a module's text with its properties and context managers assigned instead of decorated."""
    return cst.parse_module(source).visit(_Undecorate()).code
