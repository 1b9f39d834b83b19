"""Every message of a known failure as a page, by what has to be done about it; read off the code."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from pathlib import Path

from msp_audit import errors
from msp_audit.cli.pages.markdown import link, page, table

#: What stands for the parts of a message that differ.
GAP = "…"
_PACKAGE = Path(errors.__file__).parent
#: Messages of one class of error stand together; a part of the program raises them.
_CLASSES = {
    name: kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, errors.MspAuditError) and kind is not errors.MspAuditError
}


def message_page() -> str:
    """The page: one table for each class of error, its messages in order of the alphabet."""
    found = error_messages()
    blocks = [
        "What the program says when it cannot go on, by what has to be done. "
        f"`{GAP}` stands for what differs. The frequent ones are explained under "
        f"{link('Troubleshooting', 'troubleshooting.md')}; the others say themselves what to do.",
    ]
    for name, kind in _CLASSES.items():
        if name in found:
            doing = f"{inspect.cleandoc(kind.__doc__ or '')} Exit code {int(kind.exit_code)}."
            rows = [(text,) for text in sorted(found[name], key=str.casefold)]
            blocks.append(f"## {name}\n\n{doing}\n\n{table(('message',), rows)}")
    return page("Messages", *blocks)


def error_messages() -> dict[str, set[str]]:
    """Class of error -> its messages, parts that differ as :data:`GAP`."""
    found: dict[str, set[str]] = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        for name, text in _raised(ast.parse(path.read_text(encoding="utf-8"))):
            found.setdefault(name, set()).add(text)
    return found


def _raised(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CLASSES:
            text = _text(node.args[0]) if node.args else ""
            # A message that another function makes is told where its words are.
            if re.search(r"\w{3}", text):
                yield node.func.id, _escaped(text)


def _text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return re.sub(f"{GAP}+", GAP, "".join(_text(part) for part in node.values))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _text(node.left) + _text(node.right)
    return GAP


def _escaped(text: str) -> str:
    """As plain words of a Markdown cell."""
    return re.sub(r"([\\`*_<\[\]])", r"\\\1", " ".join(text.split()))
