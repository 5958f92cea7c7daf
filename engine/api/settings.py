"""The settings document, for the surfaces, and the form that makes a ladder for it."""

from engine.domain.settings import AccountSettings, LegSettings
from engine.policy.generator import Form, Generated, generate

__all__ = ["AccountSettings", "Form", "Generated", "LegSettings", "generate"]
