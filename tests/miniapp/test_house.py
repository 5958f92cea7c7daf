"""The server beside its API: health, numbers, files, pages, headers, logs."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import hdrs

from engine.store.port import Depths, Heartbeat, VenueBeat
from foundation import log
from miniapp.server import static
from tests.miniapp.kit import Person, Site, init_data, problem_of

BAD_DAY = VenueBeat(False, "open", 12.5, -1.5, 0.9, 40.0, 7.0, "503 for a minute")


async def test_health_and_readiness(site: Site) -> None:
    body = await site.json("/health")
    assert (body["status"], body["database"]) == ("ok", True)
    assert body["engine"] == {"running": False, "heartbeat_age": None}
    assert body["feed"]["name"] == "simulated"
    await problem_of(await site.get("/ready"), 503, "engine_away")
    await site.town.store.beat(Heartbeat(site.clock.now(), 0.0, None, Depths(0, 0, 0)))
    assert (await site.get("/ready")).status == 200
    assert (await site.json("/health"))["engine"]["running"] is True


async def test_health_says_how_the_engine_and_its_venues_do(site: Site) -> None:
    assert "venues" not in await site.json("/health")
    venues = {"binance": BAD_DAY, "paper": VenueBeat(True, "closed")}
    beat = Heartbeat(
        at=site.clock.now(),
        loop_lag=0.31,
        feed_age=16.0,
        depths=Depths(0, 0, 0),
        reconciled_age=4.0,
        left_out=("analytics",),
        venues=venues,
    )
    await site.town.store.beat(beat)
    body = await site.json("/health")
    venue = body["venues"][0]
    assert (venue["name"], venue["reachable"], venue["breaker"]) == ("binance", False, "open")
    assert (venue["latency_ms"], venue["note"]) == (12.5, "503 for a minute")
    assert body["load"] == {
        "loop_lag": 0.31,
        "feed_age": 16.0,
        "reconciled_age": 4.0,
        "left_out": ["analytics"],
        "stalled_s": 0.0,
    }
    text = await (await site.get("/metrics")).text()
    assert 'countersign_venue_entries_held{venue="binance"} 1.0' in text
    assert "countersign_engine_work_left_out 1.0" in text
    for name, value in (
        ("reachable", "0.0"),
        ("latency_seconds", "0.0125"),
        ("clock_offset_seconds", "-1.5"),
        ("rate_limit_used", "0.9"),
        ("rules_age_seconds", "40.0"),
        ("stream_age_seconds", "7.0"),
    ):
        assert f'countersign_venue_{name}{{venue="binance"}} {value}\n' in text
    assert 'countersign_venue_clock_offset_seconds{venue="paper"} NaN' in text


async def test_health_per_venue_is_there_for_the_mini_app(site: Site, ada: Person) -> None:
    before = await site.json("/api/v1/venues", as_=ada)
    assert before == {"running": False, "heartbeat_age": None, "venues": []}
    venues = {"binance": BAD_DAY}
    beat = Heartbeat(site.clock.now(), 0.0, None, Depths(0, 0, 0), venues=venues)
    await site.town.store.beat(beat)
    body = await site.json("/api/v1/venues", as_=ada)
    assert (body["running"], body["heartbeat_age"]) == (True, 0.0)
    assert body["venues"] == [
        {
            "name": "binance",
            "reachable": False,
            "breaker": "open",
            "note": "503 for a minute",
            "latency_ms": 12.5,
            "clock_offset_s": -1.5,
            "limit_used": 0.9,
            "rules_age_s": 40.0,
            "stream_age_s": 7.0,
        }
    ]
    await problem_of(await site.get("/api/v1/venues"), 401)


async def test_a_stalled_loop_flips_readiness(site: Site) -> None:
    beat = Heartbeat(site.clock.now(), 0.0, None, Depths(0, 0, 0), stalled_s=7.0)
    await site.town.store.beat(beat)
    await problem_of(await site.get("/ready"), 503, "engine_stalled")
    await site.town.store.beat(replace(beat, stalled_s=0.0))
    assert (await site.get("/ready")).status == 200


async def test_without_a_database_alive_but_not_ready(site: Site, ada: Person) -> None:
    await site.database.pool.close()
    await site.database.engine.dispose()
    assert (await site.json("/health"))["database"] is False
    await problem_of(await site.get("/ready"), 503, "database_away")
    answer = await site.get("/api/v1/accounts", as_=ada)
    body = await problem_of(answer, 503)
    assert "connection" not in body["detail"].lower()
    assert (await site.get("/metrics")).status == 200


async def test_numbers_have_bounded_names(site: Site, ada: Person) -> None:
    for path in ("/nope/1", "/nope/2", f"/hooks/tradingview/{site.town.token}", "/app/positions/7"):
        await site.get(path)
    await site.ask("BREW", "/")
    text = await (await site.get("/metrics")).text()
    routes = set(re.findall(r'countersign_http_request_seconds_count{[^}]*route="([^"]*)"', text))
    assert "unmatched" in routes
    assert "/app/{path}" in routes
    assert not [route for route in routes if "nope" in route or site.town.token in route]
    assert 'method="BREW"' not in text
    for name in ("stream_clients", "inbox_waiting", "orders_unknown"):
        assert f"\ncountersign_{name} " in text
    assert 'countersign_feed_heartbeat_age_seconds{board="paper",market="spot"} ' in text


@pytest.mark.parametrize("settings", [{"METRICS_TOKEN": "measure", "HTTP_PORT": "8080"}])
async def test_numbers_behind_a_token(site: Site) -> None:
    for given in ("", "Bearer wrong", "measure", "Bearer \udcff"):
        headers = {hdrs.AUTHORIZATION: given}
        await problem_of(await site.get("/metrics", headers=headers), 401)
    good = {hdrs.AUTHORIZATION: "Bearer measure"}
    assert (await site.get("/metrics", headers=good)).status == 200


async def test_numbers_are_for_this_machine_only(site: Site) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        answer = await site.get("/metrics", headers={header: "for=1.2.3.4"})
        await problem_of(answer, 401)


async def test_headers_everywhere(site: Site, ada: Person) -> None:
    for path in ("/", "/api/v1/me", "/nope", "/health", "/app/", "/pages/landing.js"):
        headers = (await site.get(path, as_=ada)).headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "countersign"
        assert "X-Frame-Options" not in headers
        assert "Strict-Transport-Security" not in headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors" in policy


@pytest.mark.parametrize("settings", [{"PUBLIC_URL": "https://trade.example"}])
async def test_behind_https(site: Site) -> None:
    headers = (await site.get("/app/")).headers
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "connect-src 'self' wss://trade.example;" in headers["Content-Security-Policy"]


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Mini App of three files."""
    (tmp_path / "webapp" / "assets").mkdir(parents=True)
    (tmp_path / "webapp" / "index.html").write_text("<!doctype html><title>App</title>")
    (tmp_path / "webapp" / "assets" / "main-abc.js").write_text("export {}")
    (tmp_path / "webapp" / ".stamp").write_text("hidden")
    (tmp_path / "secret.txt").write_text("secret")
    monkeypatch.setattr(static, "BUNDLE", tmp_path / "webapp")
    return tmp_path


async def test_the_mini_app(site: Site, bundle: Path) -> None:
    for path in ("/app/", "/app/offers/abc", "/app/index.html", "/app/..%2f..", "/app/%00"):
        answer = await site.get(path)
        assert answer.status == 200, path
        assert "<title>App</title>" in await answer.text()
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors https://web.telegram.org http://127.0.0.1:8081" in policy
    script = await site.get("/app/assets/main-abc.js")
    assert script.content_type == "text/javascript"
    assert "immutable" in script.headers["Cache-Control"]
    tag = script.headers["ETag"]
    again = await site.get("/app/assets/main-abc.js", headers={"If-None-Match": tag})
    assert again.status == 304
    await problem_of(await site.get("/app/assets/nope.js"), 404)


async def test_files_outside_stay_outside(site: Site, bundle: Path) -> None:
    names = (
        "%2e%2e/secret.txt",
        "..%2fsecret.txt",
        "%2e%2e%2fsecret.txt",
        ".stamp",
        "%2fetc%2fpasswd",
    )
    for name in (*names, "a" * 300, "....//secret.txt", "..\\secret.txt"):
        for folder in ("/app/", "/pages/"):
            text = await (await site.get(folder + name)).text()
            assert "root:" not in text
            assert "secret" not in text
            assert "hidden" not in text


async def test_the_slash_is_added_and_the_query_kept(site: Site) -> None:
    answer = await site.get("/app?a=1&b=%0d%0aX:1")
    assert answer.status == 302
    assert answer.headers["Location"] == "/app/?a=1&b=%0D%0AX:1"


async def test_an_app_that_was_not_built(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static, "BUNDLE", tmp_path)
    answer = await site.get("/app/")
    assert answer.status == 503
    assert "npm run build" in await answer.text()


async def test_pages(site: Site) -> None:
    for path in ("/", "/api/docs"):
        text = await (await site.get(path)).text()
        assert "<h1>" in text
        assert not re.search(r"<script(?![^>]*src=)|<style|style=|onclick=|https?://", text)
        for name in re.findall(r'(?:href|src)="(/pages/[^"]+)"', text):
            assert (await site.get(name)).status == 200, name
    await problem_of(await site.get("/pages/landing.html"), 404)
    await problem_of(await site.get("/pages/nope"), 404)


async def test_the_way_in(site: Site) -> None:
    assert await site.json("/pages/way-in") == {"kind": "sandbox", "url": "/sandbox"}
    assert (await site.get("/sandbox")).headers["Location"] == site.sandbox_url


async def test_moving_the_market(site: Site) -> None:
    body = {"symbol": "BTC/USDT", "price": "64000"}
    assert await (await site.post("/sandbox/market", body)).json() == body
    assert site.moved == [("BTC/USDT", "64000")]
    for bad in ([], "text", 5, False):
        await problem_of(await site.post("/sandbox/market", bad), 422)
    elsewhere = {"Origin": "https://evil.example"}
    await problem_of(await site.post("/sandbox/market", body, headers=elsewhere), 403)
    passed_on = {"X-Forwarded-For": "1.2.3.4"}
    await problem_of(await site.post("/sandbox/market", body, headers=passed_on), 404)
    assert len(site.moved) == 1


async def test_no_webhook_no_address(site: Site) -> None:
    await problem_of(await site.post("/webhooks/telegram"), 404)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged while the test runs."""
    log.setup("DEBUG", "json")
    text = io.StringIO()
    root = logging.getLogger()
    handlers = [one for one in root.handlers if getattr(one, "countersign", False)]
    for handler in handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(text)
    yield text
    for handler in handlers:
        root.removeHandler(handler)


async def test_nothing_secret_in_the_logs(written: io.StringIO, site: Site, ada: Person) -> None:
    secret, raw = site.town.hook.secret, init_data(site.clock)
    await site.get(f"/hooks/tradingview/{site.town.token}")
    await site.ask("POST", f"/hooks/tradingview/{site.town.token}", data=secret.encode())
    await site.get(f"/api/v1/me?token={ada.token}")
    await site.post("/api/v1/session", {"renew_token": ada.renew_token})
    await site.post("/api/v1/session", headers={hdrs.AUTHORIZATION: f"tma {raw}"})
    text = written.getvalue()
    assert "/hooks/tradingview/{token}" in text
    for one in (site.town.token, secret, ada.token, ada.renew_token, raw, raw[-64:]):
        assert one not in text


async def test_a_crash_is_a_reference_and_nothing_more(
    written: io.StringIO, site: Site, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("inner workings")

    monkeypatch.setattr(type(site.front.accounts), "list", broken)
    answer = await site.get("/api/v1/accounts", as_=ada)
    body = await problem_of(answer, 500, "internal_error")
    assert "inner" not in str(body)
    line = next(one for one in written.getvalue().splitlines() if "inner workings" in one)
    assert body["reference"] in line
