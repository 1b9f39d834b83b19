"""A rule that is being written: tried on the published database before it lies in a file."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msp_audit.audit import load_catalogue
from msp_audit.domain import Rows, Rule
from msp_audit.errors import RuleError
from msp_audit.settings import RuleSettings

if TYPE_CHECKING:
    import pandas

    from msp_audit.workspace.analyst import Desk


class Draft:
    """A rule of this text, with verbs to try it; nothing is kept until :meth:`save`."""

    def __init__(self, desk: Desk, name: str, text: str) -> None:
        """Read *text*: a header and one select, as in a file.

        Raises:
            RuleError: the name or the text is none of a rule; with the line.
        """
        from msp_audit.audit.craft import check_name

        check_name(name)
        self._desk = desk
        self._text = text if text.endswith("\n") else f"{text}\n"
        self.rule = _read(name, self._text)

    def __repr__(self) -> str:
        return f"Draft({self.rule.name!r}, {self.rule.severity.value!r})"

    def findings(self, *, as_of: int | datetime | None = None) -> pandas.DataFrame:
        """What it reports of the latest run's readings, or of those of run *as_of*.

        >>> text = desk.workspace.catalogue.rule("hygiene.company_twin").path.read_text()
        >>> len(desk.draft("mine.company_twin", text).findings())
        3
        """
        when = self._desk.rows("select max(as_of) from audit.runs", as_of=as_of).scalar()
        return self._desk.rows(self.rule.sql, {**self.rule.params, "as_of": when}, as_of=as_of).to_frame()

    def problems(self) -> tuple[str, ...]:
        """What the house asks of a rule and this one does not keep; the same as ``msp-audit rules lint``.

        >>> text = '/* title = "Any company" */ select company_id, company_id as entity_id, name as'
        >>> text += " entity_name, 'It is one.' as reason from psa.companies"
        >>> desk.draft("mine.any", text).problems()[0]
        'the header has no why'
        """
        from msp_audit.audit.craft import lint
        from msp_audit.store import empty_relations

        with empty_relations() as database:
            return tuple(lint(self.rule, database=database))

    def test(self, cases: str) -> pandas.DataFrame:
        """One row per case of this TOML text: its name, whether the rule keeps it, and what is wrong if not.

        >>> text = desk.workspace.catalogue.rule("hygiene.company_twin").path.read_text()
        >>> cases = "[stays_silent]" + chr(10) + 'given."psa.companies" = [{ company_id = 1, name = "A" }]'
        >>> desk.draft("mine.company_twin", text).test(cases)["is_kept"].tolist()
        [True]
        """
        from msp_audit.audit.cases import load_cases, problems_of
        from msp_audit.store import empty_relations

        with tempfile.TemporaryDirectory() as folder, empty_relations() as database:
            path = Path(folder) / f"{self.rule.name}.toml"
            path.write_text(cases, encoding="utf-8")
            judged = [(case.name, problems_of(database, self.rule, case)) for case in load_cases(path)]
        return Rows(
            columns=("case", "is_kept", "problem"),
            types=("VARCHAR", "BOOLEAN", "VARCHAR"),
            rows=tuple((name, not problems, "; ".join(problems)) for name, problems in judged),
        ).to_frame()

    def save(self, cases: str | None = None) -> Path:
        """Write it, and its *cases* beside it, into the workspace's rules; the next run judges it.

        Raises:
            RuleError: there is a file of that name already.
        """
        root = self._desk.workspace.settings.root / "rules"
        path = root.joinpath(*self.rule.name.split(".")).with_suffix(".sql")
        texts = {path: self._text} | ({path.with_suffix(".toml"): cases} if cases is not None else {})
        for file in texts:
            if file.exists():
                raise RuleError(f"{file} exists already; nothing was changed.")
        path.parent.mkdir(parents=True, exist_ok=True)
        for file, content in texts.items():
            file.write_text(content, encoding="utf-8")
        return path


def _read(name: str, text: str) -> Rule:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).joinpath(*name.split(".")).with_suffix(".sql")
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
        catalogue = load_catalogue(Path(folder), RuleSettings())
        for broken in catalogue.broken:
            raise RuleError(broken.message.replace(str(path), name))
        return catalogue.rule(name)
