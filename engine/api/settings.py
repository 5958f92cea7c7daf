"""The settings document, for the surfaces, its form, and the form that makes a ladder for it."""

from engine.api.settings_views import FormView
from engine.domain.choices.forms import form as sections
from engine.domain.settings import AccountSettings, LegSettings
from engine.policy.generator import Form, Generated, generate

__all__ = ["AccountSettings", "Form", "Generated", "LegSettings", "form", "generate"]


def form() -> FormView:
    """Every setting as a form needs it."""
    return FormView(sections(), AccountSettings())
