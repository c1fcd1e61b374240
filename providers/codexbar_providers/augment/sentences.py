"""What people read when Augment's numbers cannot be had."""

from __future__ import annotations

CLI_MISSING = "The auggie CLI was not found. Install it from augmentcode.com, then run auggie login."
CLI_SILENT = "The auggie CLI gave no output. Run auggie account status in a terminal to see why."
CLI_LOGGED_OUT = "The auggie CLI is not authenticated. Run auggie login in a terminal."
CLI_TIMED_OUT = "The auggie CLI timed out. It is tried again later; run auggie account status yourself if this stays."
CLI_NOT_UNDERSTOOD = "Could not parse what the auggie CLI printed. Update the app, or report it if it stays."
NO_SESSION = "No Augment session was found. Log in to app.augmentcode.com in a browser, or paste a Cookie header."
NOTHING_PASTED = "No Cookie header is saved for Augment. Paste one in Settings, or set Cookie source to Automatic."
COOKIES_OFF = "Browser cookies are switched off for Augment. Set Cookie source to Automatic or Manual in Settings."
SESSION_EXPIRED = "The Augment session has expired. Log out of app.augmentcode.com and log in again, then refresh."
NOT_UNDERSTOOD = "Could not parse the Augment answer. Update the app, or report it if it stays."
NOT_REFRESHED = "The Augment session could not be refreshed. Log in to app.augmentcode.com in a browser and try again."
NOTHING_TO_REFRESH = "Only a browser's session can be refreshed. Set Cookie source to Automatic in Settings."
EXPIRED_NOTICE = "Augment session expired, log in at app.augmentcode.com."
