"""CodexBar Qt: how much is left of your AI coding plans, in the tray."""

__version__ = "0.1.0"
