"""Rules that every built-in provider keeps, found as the application finds them."""

from __future__ import annotations

import ast
import importlib
import json
import os
import pkgutil
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import cast

import pytest

import codexbar_providers
from codexbar_qt.provider_api import (
    API_VERSION,
    AccountsSetting,
    ChoiceSetting,
    Provider,
    RateWindow,
    ScopesSetting,
    SecretSetting,
    Snapshot,
    TextSetting,
)
from codexbar_qt.provider_api.fallback import FetchResult, run_strategies
from codexbar_qt.provider_api.resolution import setting_key
from codexbar_qt.provider_testing import Case, CasePorts, load_case, source_mode

ROOT = Path(__file__).parents[2]
PACKAGE = Path(codexbar_providers.__file__).parent
CASES = ROOT / "tests" / "providers"
IDS = sorted(info.name for info in pkgutil.iter_modules([str(PACKAGE)]) if not info.name.startswith("_"))

# The catalogue: the order of providers in a fresh configuration.
CATALOGUE_TEXT = (
    "codex openai azureopenai claude clinepass cursor opencode opencodego alibaba alibabatokenplan "
    "qwencloud factory fireworks gemini antigravity copilot devin zai minimax manus kimi kilo kiro "
    "vertexai augment jetbrains moonshot amp t3chat ollama synthetic openrouter elevenlabs warp windsurf "
    "zed perplexity mimo doubao sakana abacus mistral deepseek deepinfra codebuff crof venice commandcode "
    "qoder stepfun bedrock grok groq llmproxy litellm deepgram poe chutes neuralwatt clawrouter longcat "
    "sub2api wayfinder zenmux aiand zoommate xai notion ibmbob kimik2"
)
CATALOGUE = CATALOGUE_TEXT.split()
FIRST_FREE_ORDER = 1000

GENERIC_FIELDS = {"apiKey", "secretKey", "cookieHeader", "cookieSource", "region", "workspaceID", "enterpriseHost"}
GENERIC_FIELDS |= {"tokenAccounts", "extrasEnabled"}
EXTENSION_FIELDS: dict[str, set[str]] = {
    "claude": {"claudeSwapEnabled", "claudeSwapExecutablePath", "claudeSwapShowSingleAccount"},
    "codex": {"codexActiveSource", "codexProfileHomePaths"},
    "kilo": {"kiloKnownOrganizations", "kiloEnabledOrganizationIDs"},
    "bedrock": {"awsProfile", "awsAuthMode"},
    "deepseek": {"deepseekProfileID", "deepseekProfileScope"},
    "moonshot": {"apiKeyRegion"},
    "jetbrains": {"ideBasePath"},
    "fireworks": {"accountSlug"},
    "antigravity": {"antigravityPrioritizeExhaustedQuotas"},
}
REAL_LOOKING = re.compile(
    r"sk-[A-Za-z0-9_-]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|AKIA[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{30,}|xox[abp]-[0-9A-Za-z-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{20,}|-----BEGIN|[0-9a-f]{40,}|[A-Za-z0-9+/]{60,}={0,2}"
)
EMAIL = re.compile(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)")
FEWEST_CASES = 5


@cache
def module_of(provider_id: str) -> object:
    return importlib.import_module(f"codexbar_providers.{provider_id}")


@cache
def provider_of(provider_id: str) -> Provider:
    return cast("Provider", vars(module_of(provider_id))["PROVIDER"])


@cache
def cases_of(provider_id: str) -> tuple[Case, ...]:
    return tuple(load_case(path) for path in sorted((CASES / provider_id).glob("*.json")))


def modules_of(provider_id: str) -> list[Path]:
    folder = PACKAGE / provider_id
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [PACKAGE / f"{provider_id}.py"]


every_provider = pytest.mark.parametrize("provider_id", IDS)


def test_there_are_providers() -> None:
    assert IDS


@every_provider
def test_module_exposes_a_provider_of_its_name(provider_id: str) -> None:
    module = module_of(provider_id)
    provider = vars(module).get("PROVIDER")
    assert isinstance(provider, Provider)
    assert provider.id == provider_id
    assert re.fullmatch(r"[a-z0-9]+", provider_id)
    assert vars(module).get("API_VERSION", API_VERSION) == API_VERSION
    assert provider.strategies


@every_provider
def test_docstrings_and_reading_order(provider_id: str) -> None:
    for path in modules_of(provider_id):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        assert ast.get_docstring(tree), f"{path.name} has no docstring"
    body = ast.parse(modules_of(provider_id)[0].read_text(encoding="utf-8")).body
    places = {
        target.id: index
        for index, node in enumerate(body)
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    assert places["DESCRIPTOR"] < places["PROVIDER"] == len(body) - 1


@every_provider
def test_annotations_are_complete(provider_id: str) -> None:
    for path in modules_of(provider_id):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
                bare = [arg.arg for arg in named if arg.annotation is None and arg.arg not in ("self", "cls")]
                assert node.returns is not None and not bare, f"{path.name}: {node.name} {bare}"


def test_ids_aliases_and_orders_are_unique() -> None:
    words = [word for name in IDS for word in (name, *provider_of(name).descriptor.aliases)]
    assert len(words) == len(set(words))
    assert all(word == word.lower() for word in words)
    orders = {name: provider_of(name).descriptor.order for name in IDS}
    assert len(set(orders.values())) == len(orders)
    for name, order in orders.items():
        assert order == CATALOGUE.index(name) if name in CATALOGUE else order >= FIRST_FREE_ORDER


@every_provider
def test_looks(provider_id: str) -> None:
    descriptor = provider_of(provider_id).descriptor
    assert re.fullmatch(r"#[0-9A-F]{6}", descriptor.color)
    icon = ROOT / "resources" / "icons" / "providers" / f"{descriptor.icon or provider_id}.svg"
    drawing = icon.read_text(encoding="utf-8")
    assert 'viewBox="0 0 24 24"' in drawing
    assert "currentColor" in drawing
    assert not re.search(r"#[0-9A-Fa-f]{3,6}\b|<script|<image|href", drawing)
    lanes = ("primary", "secondary", "tertiary")
    assert set(descriptor.windows.card_order) <= set(lanes)
    assert len(set(descriptor.windows.card_order)) == len(descriptor.windows.card_order)


@every_provider
def test_addresses_are_https(provider_id: str) -> None:
    descriptor = provider_of(provider_id).descriptor
    secrets = [setting for setting in descriptor.settings if isinstance(setting, SecretSetting)]
    choices = [setting for setting in descriptor.settings if isinstance(setting, ChoiceSetting)]
    urls = [descriptor.dashboard_url, descriptor.status_url, *(link.url for link in descriptor.links)]
    urls += [setting.link for setting in secrets]
    urls += [url for setting in choices for _, url in setting.console_links]
    assert [url for url in urls if url and not url.startswith("https://")] == []
    for path in modules_of(provider_id):
        # Only programs of this machine are asked without encryption.
        assert not re.search(r"http://(?!127\.0\.0\.1[:/])", path.read_text(encoding="utf-8")), path.name


@every_provider
def test_secrets_name_a_variable_or_say_why_not(provider_id: str) -> None:
    for setting in provider_of(provider_id).descriptor.settings:
        if isinstance(setting, SecretSetting):
            assert setting.env or setting.env_when_named or setting.env_exempt_reason, setting.key
            assert not set(setting.env) & set(setting.env_when_named), setting.key


@every_provider
def test_setting_keys_belong_to_the_schema(provider_id: str) -> None:
    descriptor = provider_of(provider_id).descriptor
    allowed = GENERIC_FIELDS | EXTENSION_FIELDS.get(provider_id, set())
    keys = [setting_key(item) for item in descriptor.settings]
    secrets = [item.key for item in descriptor.settings if isinstance(item, SecretSetting)]
    assert len(secrets) == len(set(secrets))
    for setting in descriptor.settings:
        key = setting_key(setting)
        if isinstance(setting, ChoiceSetting) and setting.is_preference:
            continue
        assert key in allowed or key.startswith("pluginSecrets."), key
        if isinstance(setting, AccountsSetting):
            assert setting.injects in keys
            check_account_fields(setting)
        if isinstance(setting, ScopesSetting):
            assert setting.known_key in allowed
            assert setting.known_key != setting.enabled_key
        if isinstance(setting, SecretSetting) and setting.binding:
            assert setting.binding.setting in keys
            assert setting.binding.stored_as in allowed
        if isinstance(setting, SecretSetting) and setting.shown_when:
            assert setting.shown_when[0] in keys


def check_account_fields(setting: AccountsSetting) -> None:
    places = [(field.key, field.usage_scope) for field in setting.fields]
    assert len(places) == len(set(places))
    assert len(setting.usage_scopes) == len(set(setting.usage_scopes))
    for field in setting.fields:
        assert field.label.strip()
        assert field.key in ("organizationId", "workspaceID")
        assert not field.usage_scope or field.usage_scope in setting.usage_scopes


@every_provider
def test_settings_have_labels_and_defaults_of_their_own(provider_id: str) -> None:
    for setting in provider_of(provider_id).descriptor.settings:
        assert setting.label.strip()
        if isinstance(setting, ScopesSetting):
            assert setting.own_label.strip()
            assert setting.own_name.strip()
        for name in (*getattr(setting, "env", ()), *getattr(setting, "env_when_named", ())):
            # Some services spell the variables of their keys in lower case.
            spelling = r"[A-Za-z][A-Za-z0-9_]*" if isinstance(setting, SecretSetting) else r"[A-Z][A-Z0-9_]*"
            assert re.fullmatch(spelling, name)
        if isinstance(setting, ChoiceSetting) and setting.default:
            assert setting.default in [choice.value for choice in setting.choices]
        if isinstance(setting, TextSetting) and setting.default and setting.check:
            assert setting.check(setting.default) is None


@every_provider
def test_imports_are_on_the_allow_list(provider_id: str) -> None:
    own = f"codexbar_providers.{provider_id}"
    forbidden = {
        "os",
        "subprocess",
        "socket",
        "sqlite3",
        "http",
        "ssl",
        "ctypes",
        "threading",
        "multiprocessing",
        "pathlib",
    }
    for path in modules_of(provider_id):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path.name} imports relatively"
                names = [node.module or ""]
            for name in names:
                ours = name == "codexbar_qt.provider_api" or (name + ".").startswith(
                    (own + ".", "codexbar_providers._shared.")
                )
                top = name.split(".", maxsplit=1)[0]
                standard = top in sys.stdlib_module_names and top not in forbidden and name != "urllib.request"
                assert ours or standard, f"{path.name} imports {name}"


@every_provider
def test_every_source_has_a_case(provider_id: str) -> None:
    provider = provider_of(provider_id)
    expected = {case.expect.get("source") for case in cases_of(provider_id) if "error" not in case.expect}
    assert {strategy.shown_source for strategy in provider.strategies} <= expected


@every_provider
def test_there_are_enough_cases(provider_id: str) -> None:
    cases = cases_of(provider_id)
    errors = {str(case.expect["error"]) for case in cases if "error" in case.expect}
    assert len(cases) >= FEWEST_CASES
    assert errors & {"MissingCredential", "ToolNotInstalled", "NoUsageData"}, "no case without a credential or tool"
    assert "ParseError" in errors or "ToolFailed" in errors, "no case of a changed shape"
    assert all(case.why.endswith(".") for case in cases), "a case does not say what it proves"
    if _needs_secret(provider_id):
        assert "AuthRejected" in errors, "no case of a refused credential"


@every_provider
def test_cases_hold_no_secret_and_no_address(provider_id: str) -> None:
    paths = [*sorted((CASES / provider_id).glob("*.json")), ROOT / "resources" / "demo" / f"{provider_id}.json"]
    for path in paths:
        text = path.read_text(encoding="utf-8")
        for found in REAL_LOOKING.finditer(text):
            # What stands in the provider itself, such as the id of a function of the service, is public.
            if found[0] not in _source_text(provider_id):
                pytest.fail(f"{path.name} holds what looks like a secret at {found.start()}")
        domains = {found[1] for found in EMAIL.finditer(text)}
        assert all(domain == "example.com" or domain.endswith(".example.com") for domain in domains), path.name
        assert json.loads(text)


@every_provider
async def test_quality_is_what_it_says(provider_id: str) -> None:
    provider = provider_of(provider_id)
    if provider.descriptor.quality == "basic":
        return
    results = [await _run(provider, case) for case in cases_of(provider_id)]
    snapshots = [result.snapshot for result in results if result.snapshot]
    assert any(snapshot.identity for snapshot in snapshots), "no case shows whose numbers these are"
    if any(_windows(snapshot) for snapshot in snapshots) and "resets_at" in _source_text(provider_id):
        assert any(window.resets_at for snapshot in snapshots for window in _windows(snapshot)), "no case has a reset"
    if _needs_secret(provider_id):
        assert any(type(result.error).__name__ == "RateLimited" for result in results), "no case is limited"
    if len(provider.strategies) > 1:
        assert any(len(result.attempts) > 1 and result.snapshot for result in results), "no case falls back"


def test_importing_providers_does_no_io_and_loads_no_heavy_module() -> None:
    script = f"""
import sys
import asyncio, email.utils, json, uuid, xml.etree.ElementTree
seen = []
def hook(event, args):
    if event in ("open", "socket.connect", "subprocess.Popen", "sqlite3.connect") and isinstance(args[0], str):
        if not args[0].endswith((".py", ".pyc")) and "__pycache__" not in args[0]:
            seen.append((event, args[0]))
sys.addaudithook(hook)
for name in {IDS!r}:
    __import__("codexbar_providers." + name)
heavy = {{"PySide6", "aiohttp", "keyring", "pydantic", "sqlite3", "msgspec", "platformdirs"}} & set(sys.modules)
print(seen, sorted(heavy))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "providers")])}
    command = [sys.executable, "-B", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.stderr == ""
    assert done.stdout.strip() == "[] []"


async def _run(provider: Provider, case: Case) -> FetchResult:
    return await run_strategies(provider, CasePorts.from_case(case, provider).context, source_mode(case, provider))


def _windows(snapshot: Snapshot) -> tuple[RateWindow, ...]:
    return snapshot.windows


def _needs_secret(provider_id: str) -> bool:
    return any(isinstance(item, SecretSetting) for item in provider_of(provider_id).descriptor.settings)


def _source_text(provider_id: str) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in modules_of(provider_id))
