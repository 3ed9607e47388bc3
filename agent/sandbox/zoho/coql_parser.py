"""COQL's subset as a tree: select … from … where … [order by …] [limit …]."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from agent.sandbox.zoho.errors import CallRefused

DEFAULT_LIMIT = 200
MAX_LIMIT = 2000
MAX_COLUMNS = 50
MAX_CRITERIA = 25
MAX_ORDER = 10
MAX_VALUES = 100
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.|'')*')|(?P<number>-?\d{1,18}(?:\.\d+)?)"
    r"|(?P<word>[A-Za-z_$][\w$.]*)|(?P<sign>!=|<=|>=|[=<>(),]))"
)
_COMPARISONS = {"=", "!=", "<", ">", "<=", ">="}


@dataclass(frozen=True)
class Criterion:
    """One comparison: column, operator in lower case, value (a pair for between, a tuple for in)."""

    column: str
    operator: str
    value: Any = None


@dataclass(frozen=True)
class Group:
    """Two criteria joined by and/or."""

    operator: str
    parts: tuple[Criterion | Group, Criterion | Group]


@dataclass(frozen=True)
class Query:
    """A parsed query; `order` holds (column, descending)."""

    columns: tuple[str, ...]
    module: str
    where: Criterion | Group
    order: tuple[tuple[str, bool], ...]
    offset: int
    limit: int


@dataclass(frozen=True)
class _Token:
    kind: str  # text | number | word | sign | end
    value: Any
    column: int


def parse(query: str) -> Query:
    """Read a query.

    Raises:
        CallRefused: SYNTAX_ERROR with the place, or LIMIT_EXCEEDED.
    """
    return _Parser(_tokens(query)).query()


def _tokens(query: str) -> list[_Token]:
    tokens, place, end = [], 0, len(query.rstrip().rstrip(";"))
    while place < end:
        match = _TOKEN.match(query, place, end)
        if match is None:
            raise _syntax(place + 1, query[place : place + 20])
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, _literal(kind, match[kind]), match.start(kind) + 1))
        place = match.end()
    return [*tokens, _Token("end", "", end + 1)]


def _literal(kind: str, text: str) -> Any:
    if kind == "text":
        return re.sub(r"\\(.)|''", lambda found: found[1] or "'", text[1:-1])
    if kind == "number":
        return float(text) if "." in text else int(text)
    return text


def _syntax(column: int, near: str) -> CallRefused:
    return CallRefused(
        400,
        "SYNTAX_ERROR",
        "error occurred while parsing the query",
        {"line": 1, "column": column, "near": near},
    )


def _limit_exceeded(limit: int, clause: str) -> CallRefused:
    return CallRefused(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": limit, "clause": clause})


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._criteria = 0

    def query(self) -> Query:
        self._expect("select")
        columns = self._list(self._column)
        self._expect("from")
        module = self._column()
        if not self._accept("where"):
            raise CallRefused(400, "SYNTAX_ERROR", "missing clause", {"clause": "where"})
        where = self._group()
        order: tuple[tuple[str, bool], ...] = ()
        if self._accept("order"):
            self._expect("by")
            order = self._list(self._ordering)
        offset, limit = self._limits() if self._accept("limit") else (0, DEFAULT_LIMIT)
        if self._peek().kind != "end":
            raise self._unexpected()
        if len(columns) > MAX_COLUMNS:
            raise _limit_exceeded(MAX_COLUMNS, "select")
        if len(order) > MAX_ORDER:
            raise _limit_exceeded(MAX_ORDER, "order by")
        if limit > MAX_LIMIT:
            raise _limit_exceeded(MAX_LIMIT, "limit")
        return Query(columns, module, where, order, offset, limit)

    def _group(self) -> Criterion | Group:
        """Read one criterion, or two joined by and/or: of three, two have to stand in brackets."""
        first = self._operand()
        operator = next((word for word in ("and", "or") if self._accept(word)), None)
        if operator is None:
            return first
        second = self._operand()
        if str(self._peek().value).lower() in {"and", "or"}:
            raise self._unexpected()
        return Group(operator, (first, second))

    def _operand(self) -> Criterion | Group:
        if self._accept("("):
            inner = self._group()
            self._expect(")")
            return inner
        self._criteria += 1
        if self._criteria > MAX_CRITERIA:
            raise _limit_exceeded(MAX_CRITERIA, "where")
        return self._criterion(self._column())

    def _criterion(self, column: str) -> Criterion:
        if self._peek().value in _COMPARISONS:
            return Criterion(column, str(self._next().value), self._value())
        if self._accept("is"):
            negated = self._accept("not")
            self._expect("null")
            return Criterion(column, "is not null" if negated else "is null")
        if self._accept("between"):
            low = self._value()
            self._expect("and")
            return Criterion(column, "between", (low, self._value()))
        prefix = "not " if self._accept("not") else ""
        if self._accept("in"):
            self._expect("(")
            values = self._list(self._value)
            self._expect(")")
            if len(values) > MAX_VALUES:
                raise _limit_exceeded(MAX_VALUES, "in")
            return Criterion(column, f"{prefix}in", values)
        self._expect("like")
        return Criterion(column, f"{prefix}like", self._value())

    def _limits(self) -> tuple[int, int]:
        """Read `n`, `offset, n` or `n offset m`."""
        first = self._whole()
        if self._accept(","):
            return first, self._whole()
        return (self._whole(), first) if self._accept("offset") else (0, first)

    def _ordering(self) -> tuple[str, bool]:
        column = self._column()
        if self._accept("desc"):
            return column, True
        self._accept("asc")
        return column, False

    def _list(self, item: Any) -> tuple[Any, ...]:
        items = [item()]
        while self._accept(","):
            items.append(item())
        return tuple(items)

    def _column(self) -> str:
        if self._peek().kind != "word":
            raise self._unexpected()
        return str(self._next().value)

    def _value(self) -> Any:
        token = self._next()
        if token.kind in {"text", "number"}:
            return token.value
        if token.kind == "word" and token.value.lower() in {"true", "false"}:
            return token.value.lower() == "true"
        self._at -= 1
        raise self._unexpected()

    def _whole(self) -> int:
        token = self._peek()
        if token.kind != "number" or not isinstance(token.value, int) or token.value < 0:
            raise self._unexpected()
        return int(self._next().value)

    def _accept(self, word: str) -> bool:
        token = self._peek()
        if token.kind not in {"word", "sign"} or str(token.value).lower() != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._accept(word):
            raise self._unexpected()

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        token = self._tokens[self._at]
        self._at += token.kind != "end"
        return token

    def _unexpected(self) -> CallRefused:
        token = self._peek()
        return _syntax(token.column, str(token.value))
