"""Serves the BUILT page with canned answers, under the headers of the real server.

``python dev/fixture_server.py [--port 8102] [--scenario normal|empty|full] [--state paused]``
Nothing of this reaches the bundle: it exists to look at screens before and without an engine.
"""

from __future__ import annotations

import argparse
import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import fixtures
import places
import results
import risky
import settings_answers
import trading
from aiohttp import WSMsgType, web

DIST = Path(__file__).parent.parent / "dist"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors https://web.telegram.org"
)
POLICY: web.AppKey[str] = web.AppKey("policy", str)
UNDO_SECONDS = 5
QUOTE_SECONDS = 1.0


class Fixture:
    """One scenario with just enough state for approve, undo, pause and a moving price."""

    def __init__(self, scenario: str, state: str, stale: bool) -> None:
        self.scenario, self.state, self.stale = scenario, state, stale
        self.offers = {row["id"]: row for row in fixtures.offers(scenario)}

    async def session(self, _request: web.Request) -> web.Response:
        expires = fixtures.iso(fixtures.now() + timedelta(minutes=15))
        user = {"id": "u1", "first_name": "Mia", "language": None, "role": "owner"}
        return web.json_response(
            {"token": "t", "expires_at": expires, "renew_token": "r", "user": user}
        )

    async def accounts(self, _request: web.Request) -> web.Response:
        return self.page(trading.accounts(self.scenario, self.state))

    async def home(self, _request: web.Request) -> web.Response:
        view = fixtures.home(self.scenario, self.state)
        if self.stale:
            view["feed"] = {**view["feed"], "live": False, "heartbeat_age": 23.0}
        return web.json_response(view)

    async def set_state(self, request: web.Request) -> web.Response:
        self.state = (await request.json())["state"]
        return web.json_response(fixtures.account(self.state))

    async def list_offers(self, request: web.Request) -> web.Response:
        wanted = request.query.get("status")
        rows = [row for row in self.offers.values() if wanted in (None, row["status"])]
        return self.page(rows)

    async def offer(self, request: web.Request) -> web.Response:
        row = self.offers[request.match_info["id"]]
        effective = row["effective_at"]
        if row["status"] == "approved" and effective and effective < fixtures.iso(fixtures.now()):
            row = {**row, "taken": True, "outcome_code": "opened", "outcome_text": "Opened with 5 legs."}
            row["group_id"] = "01jd0000000000000000group1"
            self.offers[row["id"]] = row
        return web.json_response(row)

    async def decide(self, request: web.Request) -> web.Response:
        body = await request.json()
        approve = body["decision"] == "approve"
        now = fixtures.now()
        row = {
            **self.offers[request.match_info["id"]],
            "status": "approved" if approve else "rejected",
            "version": 2,
            "decided_by": "u1",
            "decided_channel": "app",
            "decided_at": fixtures.iso(now),
            "effective_at": fixtures.iso(now + timedelta(seconds=UNDO_SECONDS)) if approve else None,
            "undo_seconds_left": UNDO_SECONDS if approve else 0,
        }
        self.offers[row["id"]] = row
        return web.json_response(row)

    async def undo(self, request: web.Request) -> web.Response:
        row = {
            **self.offers[request.match_info["id"]],
            "status": "withdrawn", "outcome_code": "undone",
            "outcome_text": "The approval was taken back in time.",
        }
        self.offers[row["id"]] = row
        return web.json_response(row)

    async def list_groups(self, request: web.Request) -> web.Response:
        closed = request.query.get("status") == "closed"
        found = fixtures.closed_groups if closed else fixtures.groups
        return self.page(found(self.scenario))

    def find_group(self, request: web.Request) -> fixtures.Json:
        rows = fixtures.groups("full") + fixtures.closed_groups("normal")
        return next(row for row in rows if row["id"] == request.match_info["id"])

    async def group(self, request: web.Request) -> web.Response:
        return web.json_response(fixtures.detail(self.find_group(request)))

    async def events(self, request: web.Request) -> web.Response:
        return self.page(fixtures.story(request.match_info["id"]))

    async def act(self, request: web.Request) -> web.Response:
        return web.json_response({"receipt": request.headers.get("Idempotency-Key")}, status=202)

    async def receipts(self, _request: web.Request) -> web.Response:
        rows = [] if self.scenario == "empty" else fixtures.receipts(self.scenario == "full")
        return self.page(rows)

    async def trades(self, request: web.Request) -> web.Response:
        return self.page(results.trades(self.scenario, request.query.get("status")))

    async def periods(self, request: web.Request) -> web.Response:
        return self.page(results.periods(self.scenario, request.query["by"]))

    async def queue(self, _request: web.Request) -> web.Response:
        return self.page(trading.queue(self.scenario))

    async def risk(self, _request: web.Request) -> web.Response:
        return web.json_response(risky.risk(self.scenario, self.state))

    async def targets(self, request: web.Request) -> web.Response:
        return web.json_response(risky.targets(await request.json()))

    async def risk_actions(self, _request: web.Request) -> web.Response:
        return self.page(risky.actions(self.scenario))

    async def venues(self, _request: web.Request) -> web.Response:
        return web.json_response(places.venues(self.scenario == "full"))

    async def webhooks(self, _request: web.Request) -> web.Response:
        return self.page(places.webhooks(self.scenario))

    async def deliveries(self, _request: web.Request) -> web.Response:
        return self.page(places.deliveries())

    async def new_webhook(self, _request: web.Request) -> web.Response:
        made = places.webhooks("normal")[0]
        return web.json_response({**made, "secret": "whsec_3q2-7wAAAAAAAAAAAAAAAAAAAAAA"})

    async def recent(self, request: web.Request) -> web.Response:
        if "reconciled" in request.query["kinds"]:
            return self.page(places.compared(self.scenario))
        return self.page(trading.recent(self.scenario, request.query["kinds"].split(",")))

    async def hooks(self, _request: web.Request) -> web.Response:
        return self.page(fixtures.hooks(self.scenario))

    async def candles(self, request: web.Request) -> web.Response:
        rows = {row[0]: row for row in fixtures.FULL}
        row = rows.get(request.match_info["symbol"].replace("-", "/"), fixtures.NORMAL[0])
        return self.page(fixtures.candles(row[3] or row[1], int(request.query["limit"])))

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        first = await socket.receive()
        if first.type is not WSMsgType.TEXT:
            return socket
        seq = 0
        while not socket.closed:
            seq += 1
            at = fixtures.iso(fixtures.now())
            price = str(Decimal("97412.5") + seq % 7 * 4)
            quotes = {} if self.stale else {"BTC/USDT": {"price": price, "at": at}}
            kind = {1: "hello", 2: "snapshot"}.get(seq, "quotes")
            try:
                await socket.send_json({"type": kind, "seq": seq, "at": at, "quotes": quotes})
            except ConnectionResetError:
                break  # The page was closed.
            await asyncio.sleep(0 if seq < 2 else QUOTE_SECONDS)
        return socket

    @staticmethod
    def page(items: list[fixtures.Json]) -> web.Response:
        return web.json_response({"items": items, "next_cursor": None})


@web.middleware
async def secure(request: web.Request, handler: web.RequestHandler) -> web.StreamResponse:
    response = await handler(request)
    response.headers.setdefault("Content-Security-Policy", request.app[POLICY])
    return response


async def page(request: web.Request) -> web.FileResponse:
    path = DIST / request.match_info["path"]
    return web.FileResponse(path if path.is_file() else DIST / "index.html")


def app(
    scenario: str, state: str = "running", stale: bool = False, framed: bool = False
) -> web.Application:
    fixture = Fixture(scenario, state, stale)
    found = web.Application(middlewares=[secure])
    found[POLICY] = CSP.replace("https://web.telegram.org", "'self'") if framed else CSP
    api = "/api/v1"
    found.add_routes(settings_answers.routes(scenario))
    found.add_routes([
        web.post(f"{api}/session", fixture.session),
        web.get(f"{api}/accounts", fixture.accounts),
        web.get(f"{api}/performance", fixture.home),
        web.post(f"{api}/accounts/{{id}}/state", fixture.set_state),
        web.post(f"{api}/accounts/{{id}}/test-alert", fixture.act),
        web.post(f"{api}/accounts/{{id}}/close-all", fixture.act),
        web.get(f"{api}/offers", fixture.list_offers),
        web.get(f"{api}/offers/{{id}}", fixture.offer),
        web.post(f"{api}/offers/{{id}}/decision", fixture.decide),
        web.post(f"{api}/offers/{{id}}/undo", fixture.undo),
        web.get(f"{api}/groups", fixture.list_groups),
        web.get(f"{api}/groups/{{id}}", fixture.group),
        web.get(f"{api}/groups/{{id}}/events", fixture.events),
        web.post(f"{api}/groups/{{id}}/close", fixture.act),
        web.get(f"{api}/receipts", fixture.receipts),
        web.get(f"{api}/trades", fixture.trades),
        web.get(f"{api}/performance/periods", fixture.periods),
        web.get(f"{api}/queue", fixture.queue),
        web.post(f"{api}/queue/{{id}}/promote", fixture.act),
        web.delete(f"{api}/queue/{{id}}", fixture.act),
        web.post(f"{api}/queue/{{id}}/force", fixture.act),
        web.post(f"{api}/groups/{{id}}/targets", fixture.act),
        web.post(f"{api}/groups/{{id}}/targets/preview", fixture.targets),
        web.get(f"{api}/risk", fixture.risk),
        web.get(f"{api}/risk/actions", fixture.risk_actions),
        web.post(f"{api}/risk/run", fixture.act),
        web.post(f"{api}/groups/{{id}}/risk", fixture.act),
        web.get(f"{api}/venues", fixture.venues),
        web.get(f"{api}/webhooks", fixture.webhooks),
        web.post(f"{api}/webhooks", fixture.new_webhook),
        web.get(f"{api}/webhooks/{{id}}/deliveries", fixture.deliveries),
        web.get(f"{api}/logs/recent", fixture.recent),
        web.get(f"{api}/hooks", fixture.hooks),
        web.post(f"{api}/hooks", fixture.act),
        web.get(f"{api}/markets/{{symbol}}/candles", fixture.candles),
        web.get(f"{api}/stream", fixture.stream),
        web.get("/app/{path:.*}", page),
    ])
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8102)
    parser.add_argument("--scenario", choices=("empty", "normal", "full"), default="normal")
    parser.add_argument("--state", choices=("running", "paused", "halted"), default="running")
    parser.add_argument("--stale", action="store_true")
    options = parser.parse_args()
    built = app(options.scenario, options.state, options.stale)
    web.run_app(built, host="127.0.0.1", port=options.port)


if __name__ == "__main__":
    main()
