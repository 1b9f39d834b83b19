"""The vendors' condition language: text in, an expression out, or the error the vendor answers with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

#: What a literal may be. None is ``null``; a time is always UTC.
Value = str | int | float | bool | datetime | None

#: Deeper than any person nests parentheses; a stack overflow is no answer.
_MAX_DEPTH = 50
_LONGEST = 10_000


class ConditionError(ValueError):
    """The condition is refused; the message is the one the vendor shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What differs between the vendors' condition languages."""

    #: Between a reference and its member: ``company/id``, ``Client.Id``.
    separator: str
    #: Times in square brackets, or bare.
    has_bracketed_times: bool
    #: Signs for "anything" in ``like``.
    wildcards: str
    #: Whether ``[…]`` in ``like`` is a set of signs.
    has_sets: bool
    #: Operators written as words.
    words: tuple[tuple[str, str], ...] = ()
    #: Names that stand for longer ones.
    aliases: tuple[tuple[str, str], ...] = ()


PSA = Dialect(
    separator="/",
    has_bracketed_times=True,
    wildcards="%*",
    has_sets=True,
    aliases=(("lastUpdated", "_info/lastUpdated"),),
)
AUTOMATE = Dialect(
    separator=".", has_bracketed_times=False, wildcards="%", has_sets=False, words=(("eq", "="), ("ne", "!="))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``field operator values``; the operator is one of ``= != < <= > >= in like contains``."""

    name: str
    operator: str
    values: tuple[Value, ...]
    is_negated: bool = False
    #: Where the first value stands, from 1, for messages.
    character: int = field(default=1, compare=False)

    def __str__(self) -> str:
        values = ", ".join(map(written, self.values))
        negation = "not " if self.is_negated else ""
        return f"{self.name} {negation}{self.operator} {f'({values})' if self.operator == 'in' else values}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Expressions joined by ``and`` or ``or``."""

    word: str
    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return f" {self.word} ".join(
            f"({part})" if isinstance(part, Junction) else str(part) for part in self.parts
        )


Expression = Comparison | Junction


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    kind: str
    text: str
    character: int


_STRING = r"\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'"
_TIME = r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}
_KEYWORDS = ("and", "or", "not", "in", "like", "contains", *_CONSTANTS)


def parse(text: str, *, dialect: Dialect = PSA) -> Expression:
    """The expression that *text* says.

    Raises:
        ConditionError: with line and character, as the vendor words it.
    """
    if len(text) > _LONGEST:
        raise ConditionError(f"Condition is longer than {_LONGEST} characters.")
    parser = _Parser(list(_tokens(text, dialect)), dialect)
    expression = parser.alternatives(depth=0)
    parser.expect_end()
    return expression


def written(value: Value) -> str:
    """A literal as the PSA's dialect writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, datetime):
        return f"[{value.isoformat().replace('+00:00', 'Z')}]"
    if isinstance(value, str):
        return f'"{value}"' if '"' not in value else f"'{value}'"
    return str(value) if isinstance(value, int) else f"{value:f}"


def as_time(text: str) -> datetime | None:
    """A vendor's date-time text as UTC; None when it is none. Without a zone it is taken as UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except OverflowError:
        return None


def _tokens(text: str, dialect: Dialect) -> Iterator[_Token]:
    time = r"\[(?P<time>[^\]]*)\]" if dialect.has_bracketed_times else rf"(?P<time>{_TIME})"
    pattern = re.compile(
        rf"{_STRING}|{time}|(?P<operator><=|>=|!=|=|<|>)|(?P<sign>[(),])|(?P<word>[^\s\"'\[\](),=<>!]+)"
    )
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = pattern.match(text, place)
        if match is None or match.lastgroup is None:
            _refuse(
                text[place:].split(maxsplit=1)[0], character=place + 1, line=text.count("\n", 0, place) + 1
            )
        yield _Token(kind=match.lastgroup, text=match[match.lastgroup], character=place + 1)
        place = match.end()


class _Parser:
    """Recursive descent over the tokens; ``and`` binds tighter than ``or``."""

    def __init__(self, tokens: Sequence[_Token], dialect: Dialect) -> None:
        self._tokens = tokens
        self._dialect = dialect
        self._next = 0

    def alternatives(self, *, depth: int) -> Expression:
        return self._joined("or", depth=depth)

    def expect_end(self) -> None:
        if (token := self._peek()) is not None:
            _refuse(token.text, character=token.character)

    def _joined(self, word: str, *, depth: int) -> Expression:
        parts: list[Expression] = []
        while True:
            part = self._joined("and", depth=depth) if word == "or" else self._term(depth=depth)
            # "a and (b and c)" says the same as "a and b and c".
            parts += part.parts if isinstance(part, Junction) and part.word == word else (part,)
            if not self._take_word(word):
                return parts[0] if len(parts) == 1 else Junction(word=word, parts=tuple(parts))

    def _term(self, *, depth: int) -> Expression:
        if not self._take_sign("("):
            return self._comparison()
        if depth >= _MAX_DEPTH:
            raise ConditionError("Condition Syntax Error - parentheses are nested too deeply.")
        expression = self.alternatives(depth=depth + 1)
        self._demand_sign(")")
        return expression

    def _comparison(self) -> Comparison:
        name = self._take("word")
        if name.text.lower() in _KEYWORDS or _NUMBER.match(name.text):
            _refuse(name.text, character=name.character)
        is_negated = self._take_word("not")
        operator = self._operator(is_negated=is_negated)
        token = self._peek()
        character = token.character if token else name.character
        values = self._set() if operator == "in" else (self._value(),)
        return Comparison(
            name=name.text, operator=operator, values=values, is_negated=is_negated, character=character
        )

    def _operator(self, *, is_negated: bool) -> str:
        token = self._take("operator", "word")
        text = token.text.lower()
        if token.kind == "operator" and not is_negated:
            return text
        if token.kind == "word" and text in ("in", "like", "contains"):
            return text
        sign = dict(self._dialect.words).get(text)
        if sign is None or is_negated:
            _refuse(token.text, character=token.character, what="Unrecognized operator")
        return sign

    def _set(self) -> tuple[Value, ...]:
        self._demand_sign("(")
        values = [self._value()]
        while self._take_sign(","):
            values.append(self._value())
        self._demand_sign(")")
        return tuple(values)

    def _value(self) -> Value:
        token = self._take("double", "single", "time", "word")
        if token.kind in ("double", "single"):
            return token.text
        if token.kind == "time":
            time = as_time(token.text)
            if time is None:
                _refuse(token.text, character=token.character, what="Unrecognized date")
            return time
        if token.text.lower() in _CONSTANTS:
            return _CONSTANTS[token.text.lower()]
        if not _NUMBER.match(token.text):
            _refuse(token.text, character=token.character)
        return float(token.text) if "." in token.text else int(token.text)

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token:
        token = self._peek()
        if token is None:
            raise ConditionError("Condition Syntax Error - Unexpected end of condition.")
        if token.kind not in kinds:
            _refuse(token.text, character=token.character)
        self._next += 1
        return token

    def _take_word(self, word: str) -> bool:
        token = self._peek()
        is_there = token is not None and token.kind == "word" and token.text.lower() == word
        self._next += is_there
        return is_there

    def _take_sign(self, sign: str) -> bool:
        token = self._peek()
        is_there = token is not None and token.kind == "sign" and token.text == sign
        self._next += is_there
        return is_there

    def _demand_sign(self, sign: str) -> None:
        if not self._take_sign(sign):
            token = self._peek()
            _refuse(token.text if token else "", character=token.character if token else 0)


def _refuse(found: str, *, character: int, line: int = 1, what: str = "Unrecognized value") -> NoReturn:
    place = f" (Line {line}, Character {character})" if character else ""
    raise ConditionError(f"Condition Syntax Error{place} - {what}: {found}")
