"""``rules``: list and show them; and the craft of a new one: new, test, lint, explain."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from msp_audit.cli.formats import Format, FormatOption
from msp_audit.cli.place import open_workspace
from msp_audit.errors import ExitCode, RuleError

if TYPE_CHECKING:
    from pathlib import Path

    from msp_audit.domain import Rule
    from msp_audit.workspace import Workspace

NameArgument = Annotated[str, typer.Argument(help="A rule: theme.fault.")]
NamesArgument = Annotated[list[str] | None, typer.Argument(help="Rules; yours by default.")]


class ShowsByName(TyperGroup):
    """``rules sync.client_unsynced`` is short for ``rules show sync.client_unsynced``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  (click's context)
        """Put ``show`` before a word that is no command."""
        words = [word for word in args if not word.startswith("-")]
        if words and args[0] == words[0] and words[0] not in self.commands:
            args = ["show", *args]
        return super().parse_args(ctx, args)


def register(app: typer.Typer) -> None:
    """Add the commands to *app*."""
    rules = typer.Typer(cls=ShowsByName, invoke_without_command=True, rich_markup_mode=None)
    app.add_typer(rules, name="rules")
    _register_reading(rules)
    _register_writing(rules)


def _register_reading(rules: typer.Typer) -> None:
    @rules.callback(epilog="Example: msp-audit rules sync.client_unsynced")
    def listing(context: typer.Context, output: FormatOption = Format.TABLE) -> None:
        """List the rules in force; with a name, show that one.

        The commands new, test, lint and explain help to write one.
        """
        from msp_audit.cli.tell import tell_rules

        if context.invoked_subcommand is None:
            opened = open_workspace()
            tell_rules(opened, output)
            if opened.catalogue.broken:
                raise typer.Exit(ExitCode.BROKEN)

    @rules.command(epilog="Example: msp-audit rules show hygiene.computer_stale --filled")
    def show(
        name: NameArgument,
        is_filled: Annotated[
            bool, typer.Option("--filled", help="Only the query, with values in place, for pasting.")
        ] = False,
    ) -> None:
        """Show a rule whole."""
        from msp_audit.audit.craft import filled
        from msp_audit.cli.tell import tell_rule

        opened = open_workspace()
        if is_filled:
            sys.stdout.write(f"{filled(opened.catalogue.rule(name), as_of=_as_of(opened))}\n")
        else:
            tell_rule(opened, name)

    @rules.command(epilog="Example: msp-audit rules explain coverage.computer_without_configuration")
    def explain(name: NameArgument) -> None:
        """Run a rule over the published database: where its time goes.

        Nothing is kept.
        """
        from msp_audit.audit.craft import filled

        opened = open_workspace()
        query = filled(opened.catalogue.rule(name), as_of=_as_of(opened))
        with opened.reader() as reader:
            for _, plan in reader.query(f"explain analyze {query}"):
                sys.stdout.write(f"{plan}\n")


def _register_writing(rules: typer.Typer) -> None:
    @rules.command(epilog="Example: msp-audit rules new warranty.server_ends")
    def new(name: NameArgument) -> None:
        """Write a rule that works, and its cases, to be changed into yours."""
        from msp_audit.audit.craft import scaffold_rule

        for path in scaffold_rule(name, open_workspace().settings.root / "rules"):
            sys.stdout.write(f"{path}\n")

    @rules.command(epilog="Example: msp-audit rules test warranty.server_ends")
    def test(names: NamesArgument = None) -> None:
        """Run the cases of rules: the .toml file beside each."""
        from msp_audit.audit.cases import load_cases, problems_of
        from msp_audit.store import empty_relations

        broken = False
        with empty_relations() as database:
            for rule in _chosen(open_workspace(), names):
                for case in load_cases(_cases_of(rule)):
                    problems = problems_of(database, rule, case)
                    broken = broken or bool(problems)
                    sys.stdout.write(f"{'FAIL' if problems else 'ok  '}  {rule.name} {case.name}\n")
                    sys.stdout.writelines(f"      {problem}\n" for problem in problems)
        if broken:
            raise typer.Exit(ExitCode.BROKEN)

    @rules.command(epilog="Example: msp-audit rules lint")
    def lint(names: NamesArgument = None) -> None:
        """Say what the house asks of rules and these do not keep."""
        from msp_audit.audit.craft import lint as lint_rule
        from msp_audit.store import empty_relations

        opened = open_workspace()
        said = [item.message for item in opened.catalogue.broken]
        with empty_relations() as database:
            for rule in _chosen(opened, names):
                said += [f"{rule.path}: {problem}" for problem in lint_rule(rule, database=database)]
        sys.stdout.writelines(f"{line}\n" for line in said)
        if said:
            raise typer.Exit(ExitCode.BROKEN)


def _chosen(workspace: Workspace, names: list[str] | None) -> list[Rule]:
    if names:
        return [workspace.catalogue.rule(name) for name in names]
    return [rule for rule in workspace.catalogue.rules if rule.origin == "workspace"]


def _cases_of(rule: Rule) -> Path:
    path = rule.path.with_suffix(".toml")
    if not path.exists():
        raise RuleError(f"{rule.name} has no cases; write them into {path}.")
    return path


def _as_of(workspace: Workspace) -> Any:  # noqa: ANN401
    run = workspace.last_run()
    return run.as_of if run else workspace.now()
