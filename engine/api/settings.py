"""The settings document, for the surfaces."""

from engine.domain.settings import AccountSettings, LegSettings

__all__ = ["AccountSettings", "LegSettings"]
