"""Cookies of the browsers on this machine, read from private copies of their files; nothing is written to a profile."""
