"""The outside world behind the ports: network, processes, files, secrets, clock and desktop.

Modules here see the contract and `core.ports`, nothing else of the application; only `bootstrap` sees them.
"""
