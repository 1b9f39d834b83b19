"""What each column of a relation is made of: members of a source's records, or columns of other relations.

Read off the syntax tree of the relation's own select, through common table expressions, subqueries and
unions. What decides *which* rows there are (joins, where) is not told, only what a value is computed from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msp_audit.store import Database

#: Stands before the path within a source's record.
_RECORD = "$"
#: Of the store's own bookkeeping beside it.
_BOOKKEEPING = {
    "key": "the record's key",
    "from_at": "the reading that saw it first",
    "to_at": "the reading that saw it no more",
}

Origins = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """Something that a select reads: columns with known origins, or a whole relation."""

    columns: Mapping[str, Origins] = field(default_factory=dict)
    #: Of columns that cannot be told apart: a table macro's.
    otherwise: Origins = ()
    relation: str = ""
    is_landed: bool = False


_Scope = Mapping[str, _Table]


def origins(sql: str, parser: Database) -> dict[str, Origins]:
    """Column of the select *sql* -> what it is made of, in order of appearance.

    Members of the source's record are paths in it, columns of other relations ``schema.relation.column``;
    what reads neither is told in words, with blanks.
    """
    tree = json.loads(parser.query("select json_serialize_sql($sql::varchar)", {"sql": sql}).scalar())
    # A struct's members are declared once, with the vendor's spelling; SQL may write them otherwise.
    spelling = {key.lower(): key for key in re.findall(r'"(\w+)"\s*:', sql)}
    found = _Reader(spelling=spelling).columns(tree["statements"][0]["node"], {})
    return {
        name: tuple(item.removeprefix(f"{_RECORD}.") for item in made_of) for name, made_of in found.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    spelling: Mapping[str, str]

    def columns(self, node: Mapping[str, Any], outer: _Scope) -> dict[str, Origins]:
        """The columns of a select or a union, by name."""
        known = dict(outer)
        for entry in node.get("cte_map", {}).get("map", ()):
            body = (
                entry["value"]["query"]["node"] if "query" in entry["value"] else entry["value"]["query_node"]
            )
            names = entry["value"].get("aliases") or ()
            # A recursive one reads itself.
            known[entry["key"]] = _Table()
            known[entry["key"]] = _Table(columns=_renamed(self.columns(body, known), names))
        if node["type"] == "SET_OPERATION_NODE":
            return self._united(node, known)
        if node["type"] == "RECURSIVE_CTE_NODE":
            return self.columns(node["left"], known)
        scope = dict(self._tables(node.get("from_table"), known))
        found: dict[str, Origins] = {}
        for expression in node.get("select_list", ()):
            if expression.get("class") == "STAR":
                for table in scope.values():
                    found.update(table.columns)
                continue
            name = expression.get("alias") or (expression.get("column_names") or ("",))[-1]
            found[name] = self._made_of(expression, scope, known) or (_of_itself(expression),)
        return found

    def _united(self, node: Mapping[str, Any], known: _Scope) -> dict[str, Origins]:
        parts = [self.columns(part, known) for part in _parts(node)]
        by_name = "NAME" in str(node.get("setop_type", "")) or bool(node.get("by_name"))
        found: dict[str, Origins] = {}
        for part in parts:
            for place, (name, made_of) in enumerate(part.items()):
                is_beyond = by_name or not found or place >= len(parts[0])
                target = name if is_beyond else list(parts[0])[place]
                found[target] = tuple(dict.fromkeys((*found.get(target, ()), *made_of)))
        return found

    def _tables(self, node: Any, known: _Scope) -> Iterator[tuple[str, _Table]]:  # noqa: ANN401
        kind = node.get("type") if isinstance(node, dict) else None
        if kind == "JOIN":
            left = dict(self._tables(node["left"], known))
            yield from left.items()
            yield from self._tables(node["right"], {**known, **left})
        elif kind == "SUBQUERY":
            inner = self.columns(node["subquery"]["node"], known)
            yield node["alias"], _Table(columns=_renamed(inner, node.get("column_name_alias") or ()))
        elif kind == "BASE_TABLE":
            name, schema = node["table_name"], node.get("schema_name")
            alias = node.get("alias") or name
            if not schema:
                yield alias, known.get(name, _Table())
            else:
                yield alias, _Table(relation=f"{schema}.{name}", is_landed=schema == "landing")
        elif kind == "TABLE_FUNCTION":
            function = node["function"]
            made_of = (*self._made_of(function, known, known), *_named(function, known))
            names = node.get("column_name_alias") or ()
            alias = node.get("alias") or function["function_name"]
            yield alias, _Table(columns=dict.fromkeys(names, made_of), otherwise=made_of)

    def _made_of(self, expression: Any, scope: _Scope, known: _Scope) -> Origins:  # noqa: ANN401
        found: list[str] = []
        for node in _expressions(expression):
            if node.get("class") == "SUBQUERY":
                for made_of in self.columns(node["subquery"]["node"], {**known, **scope}).values():
                    found += made_of
            else:
                found += self._origin(node["column_names"], scope)
        return tuple(dict.fromkeys(found))

    def _origin(self, names: list[str], scope: _Scope) -> Origins:
        table = scope.get(names[0]) if len(names) > 1 else None
        if table is None:
            # Not qualified: the one table that has it.
            holders = [held for held in scope.values() if names[0] in held.columns]
            return _within(holders[0].columns[names[0]], names[1:], self.spelling) if holders else ()
        if table.is_landed:
            if names[1] == "payload":
                return _within((_RECORD,), names[2:], self.spelling)
            return (_BOOKKEEPING[names[1]],)
        if table.relation:
            return (f"{table.relation}.{names[1]}",)
        return _within(table.columns.get(names[1], table.otherwise), names[2:], self.spelling)


def _within(made_of: Origins, members: Sequence[str], spelling: Mapping[str, str]) -> Origins:
    """*members* of what is made of *made_of*: further down the path, where that is a source's record."""
    path = "".join(f".{spelling.get(name.lower(), name)}" for name in members)
    return tuple(f"{item}{path}" if item.startswith(_RECORD) else item for item in made_of)


def _of_itself(expression: Mapping[str, Any]) -> str:
    """What an expression is that reads no column."""
    functions = {str(node.get("function_name", "")) for node in _nodes(expression)}
    return "counted rows" if any(name.startswith("count") for name in functions) else "the query itself"


def _named(function: Mapping[str, Any], known: _Scope) -> Origins:
    """What a table macro gets by name: relations, and all columns of common table expressions."""
    found: list[str] = []
    for node in _nodes(function):
        text = str(node["literal"].get("text")) if node.get("class") == "CONSTANT" else ""
        if text in known:
            found += (item for made_of in known[text].columns.values() for item in made_of)
        elif re.fullmatch(r"[a-z]+\.[a-z_]+", text):
            found.append(text)
    return tuple(dict.fromkeys(found))


def _nodes(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401  (a parse tree)
    if isinstance(tree, dict):
        yield tree
        for value in tree.values():
            yield from _nodes(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _nodes(value)


def _renamed(columns: dict[str, Origins], names: Any) -> dict[str, Origins]:  # noqa: ANN401
    return {
        (names[place] if place < len(names) else name): made_of
        for place, (name, made_of) in enumerate(columns.items())
    }


def _parts(node: Mapping[str, Any]) -> list[Any]:
    return list(node.get("children") or (node["left"], node["right"]))


def _operands(function: Mapping[str, Any]) -> list[Any]:
    return list(function.get("arguments") or function.get("children") or ())[:2]


def _expressions(tree: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401
    """The columns and subqueries that *tree* mentions, outermost first; ``payload ->> 'x'`` is a member."""
    if isinstance(tree, dict):
        if tree.get("function_name") in ("->", "->>", "json_extract_string", "json_extract"):
            column, member = (item.get("expression", item) for item in _operands(tree))
            if column.get("class") == "COLUMN_REF" and member.get("class") == "CONSTANT":
                said = str(member.get("literal", member.get("value", {})).get("text", ""))
                yield {"column_names": [*column["column_names"], *said.removeprefix("$.").split(".")]}
                return
        if tree.get("class") in ("COLUMN_REF", "SUBQUERY"):
            yield tree
            return
        for value in tree.values():
            yield from _expressions(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _expressions(value)
