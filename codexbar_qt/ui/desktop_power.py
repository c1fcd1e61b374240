"""The power profile of the machine, asked over D-Bus (power-profiles-daemon)."""

from __future__ import annotations

from typing import Final

from codexbar_qt.ui.desktop_bus import read_property, system_bus

# The same daemon under its present and its first name.
_NAMES: Final = (
    ("org.freedesktop.UPower.PowerProfiles", "/org/freedesktop/UPower/PowerProfiles"),
    ("net.hadess.PowerProfiles", "/net/hadess/PowerProfiles"),
)


async def is_power_saver_on() -> bool | None:
    """Return whether the power-saver profile is chosen, None where there are no profiles; takes two seconds at most."""
    bus = system_bus()
    if bus is None:
        return None
    for service, path in _NAMES:
        # Asked without asking first who is there: that question would hold up the loop, this one does not.
        profile = await read_property(bus, service, path, service, "ActiveProfile")
        if isinstance(profile, str):
            return profile == "power-saver"
    return None
