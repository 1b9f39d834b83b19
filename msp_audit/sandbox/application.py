"""The sandbox as a web application: each call to its stand-in, through the faults that are on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from msp_audit.sandbox.automate import Automate
from msp_audit.sandbox.auvik import Auvik
from msp_audit.sandbox.call import Answer, Call, query_of
from msp_audit.sandbox.faults import KINDS, Faults
from msp_audit.sandbox.ninjaone import Ninjaone
from msp_audit.sandbox.psa import Psa
from msp_audit.sandbox.psa_tickets import ServiceDesk
from msp_audit.sandbox.reading import Reading, sample_weeks

#: Sources below an address of their own; what is left is the PSA's.
_PREFIXED = ("automate", "auvik", "ninjaone")
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
#: Visits that are kept for tests to look at.
_KEPT_VISITS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request that came, and the status it got."""

    source: str
    method: str
    #: Below the source's address.
    path: str
    query: tuple[tuple[str, str], ...]
    status: int


class Application:
    """State and routes; :attr:`asgi` is what a web server runs."""

    def __init__(self, folder: Path, *, faults: Faults) -> None:
        self.faults = faults
        self.visits: deque[Visit] = deque(maxlen=_KEPT_VISITS)
        #: Tickets, which outlive the week that is served.
        self.desk = ServiceDesk()
        self._automate: Automate | None = None
        self._ninjaone: Ninjaone | None = None
        self.serve(folder)
        self.asgi = Starlette(
            routes=[
                Route("/sandbox", self._overview, methods=["GET"]),
                Route("/sandbox/faults", self._switch_on, methods=["POST"]),
                Route("/sandbox/faults", self._switch_off, methods=["DELETE"]),
                Route("/sandbox/reading", self._change_week, methods=["PUT"]),
                Route("/{path:path}", self._visit, methods=_METHODS),
            ]
        )

    def serve(self, folder: Path) -> None:
        """Answer from another weekly reading from now on; tokens that were given stay good."""
        reading = Reading(folder)
        tokens = self._automate.tokens if self._automate else None
        self._automate = automate = Automate(reading, tokens)
        given = self._ninjaone.tokens if self._ninjaone else None
        self._ninjaone = ninjaone = Ninjaone(reading, given)
        self.folder = folder
        # Swapped as one, so that no request meets two weeks.
        self._answers: dict[str, Callable[[Call], Answer]] = {
            "psa": Psa(reading, self.desk).answer,
            "automate": automate.answer,
            "auvik": Auvik(reading).answer,
            "ninjaone": ninjaone.answer,
        }

    async def _visit(self, request: Request) -> Response:
        call = _call(request, await request.body())
        answers = self._answers

        async def proceed(changed: Call) -> Answer:
            return answers[changed.source](changed)

        answer = await self.faults.around(call, proceed)
        self.visits.append(
            Visit(
                source=call.source, method=call.method, path=call.path, query=call.query, status=answer.status
            )
        )
        return _Written(answer)

    async def _overview(self, request: Request) -> Response:
        base = f"{request.url.scheme}://{request.url.netloc}"
        return _json(
            {
                "reading": str(self.folder),
                "weeks": [week.name for week in sample_weeks(self.folder.parent)],
                "psa": base,
                "automate": f"{base}/automate",
                "auvik": f"{base}/auvik",
                "ninjaone": f"{base}/ninjaone",
                "visits": len(self.visits),
                "faults_on": [switched.described() for switched in self.faults.on],
                "faults": {
                    kind.name: {"meaning": kind.meaning, "path": kind.path, "options": dict(kind.options)}
                    for kind in KINDS.values()
                },
            }
        )

    async def _switch_on(self, request: Request) -> Response:
        try:
            asked = dict(await request.json())
            options = dict(asked.pop("options", {}))
            switched = self.faults.add(str(asked.pop("name", "")), **asked, **options)
        except (JSONDecodeError, TypeError, ValueError) as error:
            return _json({"error": str(error)}, status=400)
        return _json(switched.described(), status=201)

    async def _switch_off(self, request: Request) -> Response:
        name = request.query_params.get("name")
        if name is None:
            self.faults.clear()
        else:
            self.faults.remove(name)
        return Response(status_code=204)

    async def _change_week(self, request: Request) -> Response:
        weeks = {week.name: week for week in sample_weeks(self.folder.parent)}
        try:
            week = weeks[str((await request.json())["week"])]
        except (JSONDecodeError, KeyError, TypeError):
            return _json({"error": f"Name one of the weeks: {', '.join(weeks)}."}, status=400)
        self.serve(week)
        return _json({"reading": str(week)})


class _Written(Response):
    """An :class:`Answer` on the wire, broken off where it says so."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(content=answer.body, status_code=answer.status, headers=dict(answer.headers))
        self._breaks_after = answer.breaks_after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._breaks_after is None:
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        # Announcing more and then leaving makes the server close the connection.
        part = bytes(self.body)[: self._breaks_after]
        await send({"type": "http.response.body", "body": part, "more_body": True})


def _call(request: Request, body: bytes) -> Call:
    path = str(request.scope["path"])
    source = next((name for name in _PREFIXED if path.startswith(f"/{name}/")), "psa")
    prefix = "" if source == "psa" else f"/{source}"
    return Call(
        source=source,
        method="GET" if request.method == "HEAD" else request.method,
        path=path.removeprefix(prefix),
        query=query_of(bytes(request.scope["query_string"]).decode("utf-8", "replace")),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        base=f"{request.url.scheme}://{request.url.netloc}{prefix}",
        address_length=len(str(request.url)),
    )


def _json(document: dict[str, Any], *, status: int = 200) -> Response:
    body = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    return Response(content=body, status_code=status, media_type="application/json")
