"""Limits of hook rules (config.md 9). A rule with an issue never runs."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

from codexbar_qt.core.config_issue import ConfigIssue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from codexbar_qt.core.config_models import HookRuleModel, HooksModel
    from codexbar_qt.provider_api import Platform

EVENTS = frozenset(
    {"quota_low", "quota_reached", "quota_reset", "provider_unavailable", "provider_recovered", "refresh_failed"}
)
MAX_RULES = 32
MAX_ID_BYTES = 128
MAX_ARGUMENTS = 32
MAX_TEXT_BYTES = 4096
MAX_COMMAND_BYTES = 32 * 1024
MIN_TIMEOUT = 0.1
MAX_TIMEOUT = 300.0
_SHELL_SCRIPTS = (".bat", ".cmd")


def hook_issues(hooks: HooksModel, known_ids: Collection[str], platform: Platform) -> Iterator[ConfigIssue]:
    """Yield what is wrong with the rules, in their order."""
    rules = hooks.events or []
    if len(rules) > MAX_RULES:
        message = f"There are {len(rules)} hook rules; with more than {MAX_RULES} none runs."
        yield ConfigIssue("error", "too_many_hook_rules", message, field="hooks.events")
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        yield from _id_issues(rule, index, seen)
        yield from _rule_issues(rule, index, known_ids, platform)


def _id_issues(rule: HookRuleModel, index: int, seen: set[str]) -> Iterator[ConfigIssue]:
    if rule.id is None:
        return
    if not 1 <= _size(rule.id) <= MAX_ID_BYTES:
        yield _issue(index, "id", "invalid_hook_id", f"A hook id needs 1 to {MAX_ID_BYTES} bytes.")
    elif rule.id in seen:
        yield _issue(index, "id", "duplicate_hook_id", "Another hook rule has the same id.")
    seen.add(rule.id)


def _rule_issues(
    rule: HookRuleModel, index: int, known_ids: Collection[str], platform: Platform
) -> Iterator[ConfigIssue]:
    if rule.event not in EVENTS:
        yield _issue(index, "event", "invalid_hook_event", "The hook waits for an event that is not known.")
    complaint = _executable_complaint(rule.executable, platform)
    if complaint:
        yield _issue(index, "executable", "invalid_hook_executable", complaint)
    if rule.provider is not None and rule.provider not in known_ids:
        yield _issue(index, "provider", "invalid_hook_provider", "The hook names a provider that is not known.")
    if rule.threshold is not None and not 0 < rule.threshold <= 1:
        yield _issue(index, "threshold", "invalid_hook_threshold", "A hook threshold is above 0 and at most 1.")
    if rule.timeoutSeconds is not None and not MIN_TIMEOUT <= rule.timeoutSeconds <= MAX_TIMEOUT:
        message = f"A hook timeout is {MIN_TIMEOUT} to {MAX_TIMEOUT:.0f} seconds."
        yield _issue(index, "timeoutSeconds", "invalid_hook_timeout", message)
    if not _fits(rule):
        message = (
            f"A hook takes at most {MAX_ARGUMENTS} arguments of {MAX_TEXT_BYTES} bytes each, "
            f"{MAX_COMMAND_BYTES // 1024} KiB with the executable."
        )
        yield _issue(index, "arguments", "invalid_hook_command_size", message)


def _executable_complaint(executable: str, platform: Platform) -> str:
    path = PureWindowsPath(executable) if platform == "windows" else PurePosixPath(executable)
    if not path.is_absolute() or "\0" in executable:
        return "A hook needs the absolute path of its program."
    if _size(executable) > MAX_TEXT_BYTES:
        return f"The path of a hook program has at most {MAX_TEXT_BYTES} bytes."
    if platform == "windows" and path.suffix.lower() in _SHELL_SCRIPTS:
        return "A hook cannot run .bat or .cmd files, because they start a shell. Name a program."
    return ""


def _fits(rule: HookRuleModel) -> bool:
    arguments = rule.arguments or []
    sizes = [_size(argument) for argument in arguments]
    total = sum(sizes) + _size(rule.executable)
    return len(sizes) <= MAX_ARGUMENTS and max(sizes, default=0) <= MAX_TEXT_BYTES and total <= MAX_COMMAND_BYTES


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _issue(index: int, field: str, code: str, message: str) -> ConfigIssue:
    return ConfigIssue("error", code, message, field=f"hooks.events[{index}].{field}")
