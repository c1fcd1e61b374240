"""The `codexbar` command: headless readings over the same core as the tray app. No Qt, ever."""
