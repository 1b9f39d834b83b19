"""How a fault is declared, switched on, and put around an answer."""

from __future__ import annotations

import difflib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import orjson

from msp_audit.domain import Record
from msp_audit.sandbox.call import Answer, Call, Proceed

#: What a fault does to one call.
Act = Callable[[Call, Proceed, "SwitchedFault"], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One way to misbehave."""

    #: ``psa_01_rate_limited``: the number is the vendor behaviour's in the project's list of 54.
    name: str
    #: ``psa``, ``automate``, ``auvik``, ``ninjaone``, or ``any``.
    source: str
    #: What callers see.
    meaning: str
    #: Paths it concerns unless told otherwise, as a shell pattern.
    path: str
    #: Its options and their defaults.
    options: Mapping[str, Any]
    act: Act
    #: HTTP methods it concerns; all when empty.
    methods: tuple[str, ...] = ()


#: Every fault there is, by name.
KINDS: dict[str, FaultKind] = {}


def fault(
    source: str,
    /,
    *,
    path: str = "*",
    methods: tuple[str, ...] = (),
    **options: Any,  # noqa: ANN401
) -> Callable[[Act], Act]:
    """Declare a function as a fault: its name is the fault's, its docstring the meaning."""

    def declare(act: Act) -> Act:
        name = str(getattr(act, "__name__", ""))
        meaning = " ".join((act.__doc__ or "").split())
        KINDS[name] = FaultKind(
            name=name, source=source, meaning=meaning, path=path, options=options, act=act, methods=methods
        )
        return act

    return declare


@dataclass(slots=True, kw_only=True, eq=False)
class SwitchedFault:
    """A fault that is on: where, from which request, how often."""

    kind: FaultKind
    path: str
    #: Requests that pass before it begins.
    after: int = 0
    #: How often it acts; None always.
    times: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0
    acted: int = 0
    #: What the fault remembers between calls.
    state: dict[str, Any] = field(default_factory=dict)

    def concerns(self, call: Call) -> bool:
        """Whether it acts on this call; counts the calls that it might concern."""
        if self.kind.source not in ("any", call.source) or not fnmatchcase(call.path, self.path):
            return False
        if self.options.get("source", "*") not in ("*", call.source):
            return False
        if self.kind.methods and call.method not in self.kind.methods:
            return False
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.acted >= self.times):
            return False
        self.acted += 1
        return True

    def described(self) -> dict[str, Any]:
        """For people, over HTTP."""
        return {
            "name": self.kind.name,
            "path": self.path,
            "after": self.after,
            "times": self.times,
            "options": dict(self.options),
            "seen": self.seen,
            "acted": self.acted,
        }


class Faults:
    """The faults that are on; the first one switched on is the outermost."""

    def __init__(self) -> None:
        self._on: list[SwitchedFault] = []

    @property
    def on(self) -> tuple[SwitchedFault, ...]:
        """Those switched on, in order."""
        return tuple(self._on)

    def add(
        self,
        name: str,
        /,
        *,
        path: str | None = None,
        after: int = 0,
        times: int | None = None,
        **options: Any,  # noqa: ANN401
    ) -> SwitchedFault:
        """Switch a fault on.

        Args:
            name: one of :data:`KINDS`.
            path: paths below the source's address that it concerns, ``*/company/configurations``.
            after: requests (of those it concerns) that pass first.
            times: how often it acts; None until removed.
            options: as the fault declares them.

        Raises:
            ValueError: there is no such fault, or it takes no such option.
        """
        kind = KINDS.get(name)
        if kind is None:
            near = difflib.get_close_matches(name, KINDS, n=1, cutoff=0.4)
            raise ValueError(f"There is no fault '{name}'{f'; did you mean {near[0]}?' if near else '.'}")
        if unknown := sorted(options.keys() - kind.options.keys()):
            raise ValueError(
                f"{name} takes no {unknown[0]}; it knows: {', '.join(kind.options) or 'no option'}."
            )
        switched = SwitchedFault(
            kind=kind, path=path or kind.path, after=after, times=times, options={**kind.options, **options}
        )
        # Replaced, not changed: the server's thread reads while a test's thread writes.
        self._on = [*self._on, switched]
        return switched

    def remove(self, name: str) -> None:
        """Switch off every fault of this name."""
        self._on = [switched for switched in self._on if switched.kind.name != name]

    def clear(self) -> None:
        """Switch all off."""
        self._on = []

    async def around(self, call: Call, proceed: Proceed) -> Answer:
        """The answer to *call* with the faults that concern it."""
        for switched in reversed([switched for switched in self._on if switched.concerns(call)]):
            proceed = _wrapped(switched, proceed)
        return await proceed(call)


def _wrapped(switched: SwitchedFault, proceed: Proceed) -> Proceed:
    async def answer(call: Call) -> Answer:
        return await switched.kind.act(call, proceed, switched)

    return answer


def change_records(answer: Answer, change: Callable[[list[Record]], list[Record]]) -> Answer:
    """*answer* with the records of its list changed; any other answer as it is."""
    if answer.status != 200:
        return answer
    try:
        document = answer.document
    except orjson.JSONDecodeError:
        return answer
    if isinstance(document, list):
        return answer.with_document(change(document))
    if isinstance(document, dict) and isinstance(document.get("data"), list):
        return answer.with_document({**document, "data": change(document["data"])})
    return answer


def change_each(answer: Answer, change: Callable[[Record], Record]) -> Answer:
    """*answer* with every record of its list changed."""
    return change_records(answer, lambda records: [change(record) for record in records])
