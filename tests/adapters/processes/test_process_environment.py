"""What started programs get to see of our environment."""

from __future__ import annotations

from codexbar_qt.adapters.process_environment import child_environment

KEPT = {
    "LANG": "de_DE.UTF-8",
    "LC_ALL": "C",
    "XDG_CONFIG_HOME": "/x",
    "HTTPS_PROXY": "http://proxy.example.com",
    "no_proxy": "localhost",
    "SSL_CERT_FILE": "/certs.pem",
    "SSH_AUTH_SOCK": "/agent",
    "KEYBOARD_LAYOUT": "de",
    "GOOGLE_APPLICATION_CREDENTIALS": "/adc.json",
    "CODEXBAR_CONFIG": "/config.json",
    "ALL_PROXY": "http://user:pw@proxy.example.com",
    "OLDPWD": "/old",
    "XAUTHORITY": "/x",
    "MANPATH": "/man",
    "DOCS_URL": "https://example.com/a:b@c",
}
DROPPED = (
    "OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "CLIENT_SECRET", "AUGMENT_COOKIE",
    "SOME_COOKIE_HEADER", "PGPASSWORD", "DB_PASSWORD", "TOKEN", "some_token", "CODEXBAR_DASHBOARD_TOKEN",
    "CODEXBAR_PLUGIN_X_VALUE", "CODEXBAR_LOG_LEVEL", "COLUMNS", "LINES", "OPENAI_APIKEY",
    "AWS_ACCESS_KEY_ID", "GITHUB_PAT", "MYSQL_PWD", "SMTP_PASS", "NPM_CONFIG__AUTH", "API_KEYS", "SLACK_WEBHOOK_URL",
)  # fmt: skip


LOGINS = {"DATABASE_URL": "postgres://user:pw@db.example.com/x", "PIP_INDEX_URL": "https://:pw@example.com/simple"}


def test_all_but_credentials_and_our_own() -> None:
    environ = {**KEPT, **LOGINS, **dict.fromkeys(DROPPED, "test-value")}
    environ |= {"PATH": "/old", "TERM": "dumb", "HOME": "/other"}
    found = child_environment(environ, path="/new:/old", home="/home/user")
    assert found == {**KEPT, "PATH": "/new:/old", "TERM": "xterm-256color", "HOME": "/home/user"}


def test_what_the_command_asks_for_wins() -> None:
    extra = (("SOME_API_KEY", "test-key-1"), ("TERM", "dumb"), ("LINES", "5"))
    found = child_environment({"SOME_API_KEY": "test-key-2"}, path="/p", home="/h", extra=extra)
    assert found == {"SOME_API_KEY": "test-key-1", "TERM": "dumb", "LINES": "5", "PATH": "/p", "HOME": "/h"}


def test_windows_names_ignore_case_and_there_is_no_home() -> None:
    environ = {"Path": "C:\\old", "SystemRoot": "C:\\Windows", "Some_Token": "test-token-1"}
    found = child_environment(environ, path="C:\\new", home="C:\\h", extra=(("SYSTEMROOT", "D:"),), platform="windows")
    assert found == {"Path": "C:\\new", "SystemRoot": "D:", "TERM": "xterm-256color"}
