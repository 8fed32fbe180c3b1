"""Every knob of nurture: written in one file, validated once, with all its mistakes at once."""

from nurture.settings.reading import find_config, load_settings
from nurture.settings.value import AccountSettings, Endpoint, Log, Settings, Tls

__all__ = [
    "AccountSettings",
    "Endpoint",
    "Log",
    "Settings",
    "Tls",
    "find_config",
    "load_settings",
]
