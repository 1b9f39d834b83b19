"""The command line as a page: every command with its arguments, options, example and exit codes."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_type_hints

import typer

from msp_audit.cli.pages.markdown import anchor, code, link, one_line, page, table, word
from msp_audit.errors import ExitCode

_EXIT_CODES = {
    ExitCode.CLEAN: "All was read and judged, and nothing is as severe as `--fail-on`.",
    ExitCode.FINDINGS: "There are findings as severe as `--fail-on`, or worse.",
    ExitCode.USAGE: "The command line was not understood.",
    ExitCode.SOURCE: "A source failed or was read in part; what it feeds was not checked.",
    ExitCode.NOT_DELIVERED: "A report was not handed over.",
    ExitCode.BROKEN: "Settings, a rule file or the store need mending.",
}

_WORDS = {int: "NUMBER", Path: "PATH", str: "TEXT"}


def command_page(app: typer.Typer) -> str:
    """The page of *app*; hidden commands are left out."""
    group: Any = typer.main.get_command(app)
    commands = dict(_shown(group))
    listed = [
        (link(word(name), f"#{anchor(_heading(name))}"), _summary(item)) for name, item in commands.items()
    ]
    return page(
        "Command line",
        "Results go to standard output, everything else to standard error. "
        "Options of the whole program stand before the command: "
        "`msp-audit --workspace /srv/msp-audit status`.",
        table(("command", "does"), listed),
        f"## Options of the whole program\n\n{_params(group)}",
        *(_command(name, item) for name, item in commands.items()),
        "## Exit codes\n\n"
        + table(("code", "means"), ((str(int(c)), text) for c, text in _EXIT_CODES.items()))
        + "\n\nWhere several hold, what must be mended first wins: 5, 3, 4, 1.",
    )


def _shown(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:  # noqa: ANN401  (a parsed command)
    """Every command below *group*; a group itself only where it does something without a subcommand."""
    for name, item in group.commands.items():
        if item.hidden:
            continue
        whole = f"{before}{name}"
        below = getattr(item, "commands", None)
        if not below or item.epilog:
            yield whole, item
        if below:
            yield from _shown(item, f"{whole} ")


def _command(name: str, command: Any) -> str:  # noqa: ANN401  (a parsed command)
    arguments = " ".join(_metavar(param) for param in command.params if param.param_type_name == "argument")
    options = " [OPTIONS]" if any(p.param_type_name == "option" for p in command.params) else ""
    usage = f"msp-audit {name}{options}{' ' + arguments if arguments else ''}"
    example = (command.epilog or "").removeprefix("Example:").strip()
    blocks = [
        f"## {_heading(name)}",
        "\n\n".join(one_line(part) for part in (command.help or "").split("\n\n")),
        code(usage, language="text"),
        _params(command),
        f"Example: {word(example)}" if example else "",
    ]
    return "\n\n".join(block for block in blocks if block)


def _heading(name: str) -> str:
    return f"msp-audit {name}"


def _summary(command: Any) -> str:  # noqa: ANN401
    return one_line((command.help or "").split("\n\n")[0])


def _params(command: Any) -> str:  # noqa: ANN401
    rows = list(_rows(command))
    return table(("", "means", "default"), rows) if rows else ""


def _rows(command: Any) -> Iterator[tuple[str, str, str]]:  # noqa: ANN401
    for param in command.params:
        if param.param_type_name == "argument":
            yield word(_metavar(param)), param.help or "", _default(param)
            continue
        names = ", ".join(word(name) for name in param.opts)
        value = "" if param.is_flag else f" {word(_value(param, command))}"
        environment = f" Also read from `{param.envvar}`." if param.envvar else ""
        yield f"{names}{value}", f"{param.help}{environment}", _default(param)


def _metavar(param: Any) -> str:  # noqa: ANN401
    name = str(param.name).upper()
    several = "..." if param.nargs == -1 else ""
    return f"{name}{several}" if param.required else f"[{name}]{several}"


def _value(param: Any, command: Any) -> str:  # noqa: ANN401
    if param.metavar:
        return str(param.metavar)
    kinds = _kinds(get_type_hints(inspect.unwrap(command.callback))[param.name])
    choices = [item.value for kind in kinds if issubclass(kind, Enum) for item in kind]
    return "|".join(choices) or _WORDS.get(next(iter(kinds)), "TEXT")


def _kinds(annotation: Any) -> list[type]:  # noqa: ANN401
    if isinstance(annotation, type) and not get_args(annotation):
        return [] if annotation is type(None) else [annotation]
    return [kind for part in get_args(annotation) for kind in _kinds(part)]


def _default(param: Any) -> str:  # noqa: ANN401
    value = param.default
    if value is None or isinstance(value, bool) or callable(value):
        return ""
    return word(str(getattr(value, "value", value)))
