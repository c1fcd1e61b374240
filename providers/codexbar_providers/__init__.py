"""The built-in providers, one module or folder per provider id; each has a `PROVIDER`."""
