"""Journeys of real people through real pages: Chromium, the production bundle, the sandbox."""
