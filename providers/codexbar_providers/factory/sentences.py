"""What people read when Droid's numbers cannot be had."""

from __future__ import annotations

KEYS_URL = "https://app.factory.ai/settings/api-keys"
SERVICE = "Factory API"
KEY_MISSING = (
    "Droid API key missing. Set FACTORY_API_KEY, enter the key in Settings (apiKey in the config), or use the command "
    "config set-api-key."
)
KEY_NOT_FOR_ACCOUNT = "The API key belongs to another login than the selected session token and was not used."
KEY_REFUSED = f"Droid API authentication failed (401/403). Regenerate the key at {KEYS_URL}."
NO_SESSION = (
    "No Factory session found. Log in to app.factory.ai in a supported browser, or paste a Cookie header or an API key "
    "in Settings."
)
NOTHING_PASTED = (
    "No Factory session found in the pasted value. Paste the Cookie header of app.factory.ai, or a bearer token, in "
    "Settings."
)
SWITCHED_OFF = "Droid browser sessions are switched off. Choose another Cookie source in Settings, or set an API key."
REFUSED = "No usable Droid session. Log in to app.factory.ai, then refresh Droid."
PASTE_REFUSED = "No usable Droid session. Log in to app.factory.ai, then paste the new Cookie header in Settings."
UNREADABLE = "Could not parse Factory usage."
REPORT_IT = "Its format may have changed; report it on the project's issue tracker."
