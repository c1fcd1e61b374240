"""z.ai / GLM: the session, weekly and MCP quotas of a coding plan, read with an API key.

The service exists twice, as z.ai and as BigModel in China, each with hosts and keys of its own. The endpoints are
those of the service's own usage pages and are not documented.
"""

from __future__ import annotations

from codexbar_providers.zai.api import fetch_with_api_key
from codexbar_providers.zai.endpoints import CHINA, GLOBAL, HOST_VARIABLE, check_api_host, choose_dashboard
from codexbar_providers.zai.keys import CHINA_VARIABLES, locate_key
from codexbar_providers.zai.team import TEAM, check_id
from codexbar_qt.provider_api import (
    AccountField,
    AccountsSetting,
    Choice,
    ChoiceSetting,
    Provider,
    ProviderDescriptor,
    SecretSetting,
    Source,
    Strategy,
    TextSetting,
    WindowSpec,
)

KEYS_URLS = {
    GLOBAL: "https://z.ai/manage-apikey/apikey",
    CHINA: "https://bigmodel.cn/usercenter/proj-mgmt/apikeys",
}
KEY_PLACEHOLDER = "Paste z.ai / GLM API key…"
KEY_VARIABLE = "Z_AI_API_KEY"

DESCRIPTOR = ProviderDescriptor(
    id="zai",
    name="z.ai",
    color="#E85A6A",
    order=17,
    aliases=("z.ai",),
    windows=WindowSpec(primary="5-hour", secondary="Weekly", session="primary", weekly="secondary"),
    settings=(
        ChoiceSetting(
            "region",
            "API region",
            choices=(
                Choice(GLOBAL, "Global (api.z.ai)"),
                Choice(CHINA, "China, BigModel (open.bigmodel.cn)"),
            ),
            default=GLOBAL,
            help="A key works in its own region only.",
            console_links=tuple(KEYS_URLS.items()),
        ),
        SecretSetting(
            "apiKey",
            "API token",
            env=(KEY_VARIABLE,),
            placeholder=KEY_PLACEHOLDER,
            help="In the China region a key is also looked for in BIGMODEL_API_KEY, ZHIPU_API_KEY, ZHIPUAI_API_KEY and "
            "GLM_API_KEY, then in the key files of the BigModel tools.",
            link=KEYS_URLS[GLOBAL],
            locate=locate_key,
        ),
        TextSetting(
            "enterpriseHost",
            "API host",
            env=(HOST_VARIABLE,),
            placeholder="https://api.z.ai",
            help="Only for a proxy in front of the service. The key is sent there.",
            check=check_api_host,
        ),
        AccountsSetting(
            "API tokens",
            injects="apiKey",
            placeholder=KEY_PLACEHOLDER,
            help="The selected token is used. A team's quota needs the ids of its organization and project.",
            related=(KEY_VARIABLE, *CHINA_VARIABLES, "Z_AI_BIGMODEL_ORGANIZATION", "Z_AI_BIGMODEL_PROJECT"),
            usage_scopes=("personal", TEAM),
            fields=(
                AccountField("organizationId", "Organization ID", TEAM, check_id),
                AccountField("workspaceID", "Project ID", TEAM, check_id),
            ),
        ),
    ),
    dashboard_url="https://z.ai/manage-apikey/coding-plan/personal/my-plan",
    dashboard_for=choose_dashboard,
    plan_names=(("free", "Free"), ("pro", "Pro"), ("max", "Max"), ("team", "Team")),
    details_are_not_resets=True,
    binding_cap=True,
    auto_prefers_most_used=True,
    quality="complete",
)

PROVIDER = Provider(DESCRIPTOR, strategies=(Strategy(Source.API, fetch_with_api_key, limit_seconds=20.0),))
