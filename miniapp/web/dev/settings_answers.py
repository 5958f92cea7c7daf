"""Answers about settings for the fixture server: the real form and checks, made-up versions."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import fixtures
from aiohttp import web

from engine.api import settings_files
from engine.api.settings import form
from engine.api.settings_views import (
    ApplyView,
    CheckView,
    FormView,
    GroupChangesView,
    TemplateView,
    VersionView,
)
from engine.api.views import Page
from engine.domain.choices.changes import Change, differences, sentence
from engine.domain.choices.templates import TEMPLATES, with_template
from engine.domain.settings import AccountSettings
from engine.policy.caution import riskier
from engine.policy.generator import Form, generate
from engine.policy.linter import lint
from miniapp.server.openapi.writer import Writer

FULL = {
    "total_capital_usd": "123456789.12",
    "read_only": False,
    "stops": {"stop_loss_percent": "3", "trailing_stop_percent": "2.5", "time_limit_minutes": 20000},
    "protection": {
        "locks": [
            {"kind": "cooldown", "stop_minutes": 60},
            {"kind": "stop_loss_guard", "lookback_minutes": 1440, "max_losses": 3, "stop_minutes": 720},
            {"kind": "low_profit", "lookback_minutes": 10080, "min_trades": 4, "stop_minutes": 1440},
        ]
    },
    "pyramid_levels": {
        "1": [
            {"gap_percent": "0", "weight_percent": "60", "tp_percent": "1.25"},
            {"gap_percent": "-1.5", "weight_percent": "40", "tp_percent": "0.75"},
        ]
    },
    "ladder": [
        {"gap_percent": gap, "weight_percent": weight, "tp_percent": "0.75"}
        for gap, weight in (
            ("0", "5"), ("-0.25", "7.5"), ("-0.75", "10"), ("-1.75", "12.5"), ("-3.75", "15"),
            ("-7.75", "20"), ("-15.75", "30"),
        )
    ],
    "market_ladders": [
        {
            "symbol": symbol,
            "timeframe": frame,
            "ladder": [{"gap_percent": "0", "weight_percent": "100", "tp_percent": "2"}],
        }
        for symbol, frame in (("BTC/USDT", 60), ("1000SHIB/USDT", None), ("ETH/USDT", 15))
    ],
}


def answer(kind: Any, value: Any) -> web.Response:
    return web.Response(body=Writer(kind).json(value), content_type="application/json")


class Settings:
    """One account's settings: saved in memory, checked for real."""

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        given = FULL if scenario == "full" else {}
        self.saved = [AccountSettings(), AccountSettings.model_validate(given)]
        if scenario == "empty":
            self.saved = [AccountSettings()]
        if scenario == "normal":
            self.saved.append(AccountSettings.model_validate({"max_open_groups": 8}))

    @property
    def now(self) -> AccountSettings:
        return self.saved[-1]

    async def account(self, _request: web.Request) -> web.Response:
        view = {**fixtures.account(), "settings_version": len(self.saved)}
        return web.json_response(view)

    async def form(self, _request: web.Request) -> web.Response:
        return answer(FormView, form())

    async def get(self, _request: web.Request) -> web.Response:
        return answer(AccountSettings, self.now)

    async def put(self, request: web.Request) -> web.Response:
        self.saved.append(AccountSettings.model_validate((await request.json())["settings"]))
        return await self.account(request)

    async def validate(self, request: web.Request) -> web.Response:
        made = settings_files.parsed((await request.json())["settings"])
        if not isinstance(made, AccountSettings):
            return answer(CheckView, CheckView(False, made, (), ()))
        found = differences(self.now, made)
        entry = made.total_capital_usd / made.max_open_groups
        view = CheckView(
            True, (), lint(made, {}, {}), found, riskier(self.now, made, found), entry, entry * 50
        )
        return answer(CheckView, view)

    async def versions(self, _request: web.Request) -> web.Response:
        rows, at = [], fixtures.now()
        for n, one in reversed(list(enumerate(self.saved))):
            found = differences(self.saved[n - 1], one) if n else ()
            rows.append(
                VersionView(
                    n + 1, "u1", True, at - timedelta(hours=5 * (len(self.saved) - n)),
                    n + 1 == len(self.saved), sentence(found), found,
                )
            )
        return answer(Page[VersionView], Page(tuple(rows)))

    async def version(self, request: web.Request) -> web.Response:
        wanted = int(request.match_info["version"])
        settings = json.loads(self.saved[wanted - 1].model_dump_json())
        return web.json_response({
            "version": wanted, "author": "u1", "by_you": True,
            "created_at": fixtures.iso(fixtures.now()), "settings": settings,
        })

    async def restore(self, request: web.Request) -> web.Response:
        self.saved.append(self.saved[(await request.json())["restore"] - 1])
        return await self.account(request)

    async def templates(self, _request: web.Request) -> web.Response:
        rows = tuple(
            TemplateView(one.name, one.title, one.explanation, differences(self.now, made), made)
            for one in TEMPLATES.values()
            for made in (with_template(self.now, one),)
        )
        return answer(Page[TemplateView], Page(rows))

    async def applying(self, _request: web.Request) -> web.Response:
        changes = (
            Change("stops.stop_loss_percent", "off", "5", "%"),
            Change("max_pyramids", "5", "3", ""),
        )
        count = {"empty": 0, "normal": 2, "full": 9}[self.scenario]
        groups = tuple(
            GroupChangesView(f"g{n}", symbol, 15, side, 1, changes)
            for n, (symbol, side) in enumerate(
                (("BTC/USDT", "long"), ("1000SHIB/USDT", "short"), *((f"C{i}/USDT", "long") for i in range(7)))
            )
        )[:count]
        return answer(ApplyView, ApplyView(len(self.saved), groups))

    async def export(self, _request: web.Request) -> web.Response:
        made = settings_files.export(self.now, fixtures.now())
        return answer(type(made), made)

    async def ladder(self, request: web.Request) -> web.Response:
        given = {name: Decimal(str(value)) for name, value in (await request.json()).items()}
        made = generate(Form(**{**given, "orders": int(given["orders"])}))
        return answer(type(made), made)

    async def markets(self, _request: web.Request) -> web.Response:
        feed = {"feed": "simulated", "live": True, "heartbeat_age": 1, "symbols": ["BTC/USDT", "ETH/USDT"]}
        return web.json_response(feed)


def routes(scenario: str) -> list[web.RouteDef]:
    found, api = Settings(scenario), "/api/v1"
    mine = f"{api}/accounts/{{id}}/settings"
    return [
        web.get(f"{api}/accounts/{{id}}", found.account),
        web.get(f"{api}/settings/form", found.form),
        web.post(f"{api}/settings/ladder", found.ladder),
        web.get(f"{api}/markets", found.markets),
        web.get(mine, found.get),
        web.put(mine, found.put),
        web.post(f"{mine}/validate", found.validate),
        web.get(f"{mine}/versions", found.versions),
        web.get(f"{mine}/versions/{{version}}", found.version),
        web.post(f"{mine}/restore", found.restore),
        web.get(f"{mine}/templates", found.templates),
        web.get(f"{mine}/apply", found.applying),
        web.get(f"{mine}/export", found.export),
    ]
