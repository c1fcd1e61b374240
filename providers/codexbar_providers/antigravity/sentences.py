"""What people read when Antigravity cannot be read."""

from __future__ import annotations

NOT_DETECTED = "Antigravity language server not detected. Launch Antigravity, then refresh."
CLI_NOT_FOUND = "The Antigravity CLI was not found. Install agy, or launch Antigravity."
NO_CSRF = "Antigravity CSRF token not found. Restart Antigravity, then refresh."
NO_PORTS = "Antigravity is not exposing ports yet. Wait a few seconds, then refresh."
SESSION_EXPIRED = "Antigravity session expired. Restart Antigravity, then refresh."
API_ERROR = "Antigravity API error: the request was refused. Restart Antigravity, then refresh."
NO_ANSWER = "Antigravity did not answer in time. Trying again later."
UNREADABLE = "Could not parse Antigravity quota. Update Antigravity, or report it on the project's issue tracker."
CLI_SIGNED_OUT = "Antigravity CLI signed out. Run agy in a terminal and sign in, then refresh."
CLI_NOT_STARTED = "The Antigravity CLI could not be started. Run agy in a terminal to see why."
CLI_ENDED = "The Antigravity CLI ended at once. Run agy in a terminal to see why."
OTHER_ACCOUNT = (
    "Antigravity is signed in with another account than the selected one. Select that account, or sign in to it."
)
NOT_LOGGED_IN = "Antigravity Google login not found. Log in again with Login with Google in Settings."
LOGIN_UNREADABLE = "The Antigravity Google login cannot be read. Log in again with Login with Google in Settings."
PERMISSION_DENIED = "Antigravity permission denied by Google. Log in with an account that may use Antigravity."
NO_CLIENT = (
    "Antigravity OAuth client is not configured. "
    "Install Antigravity, or set ANTIGRAVITY_OAUTH_CLIENT_ID and ANTIGRAVITY_OAUTH_CLIENT_SECRET."
)
NO_CONVERSATIONS = "No Antigravity conversations are stored on this machine. Use agy once."
