"""Whatever Moonshot answers: a balance as text, or an error of the contract."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codexbar_providers.moonshot import parse_balance
from codexbar_qt.core.declared_types import is_sound
from codexbar_qt.provider_api import JsonView, ParseError, ProviderError

NOW = datetime(2030, 1, 8, 12, tzinfo=UTC)
NUMBER = st.integers(-(10**6), 10**6) | st.floats() | st.sampled_from([10**400, -(10**400)])
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
DATA = st.fixed_dictionaries({name: NUMBER | JSON for name in ("available_balance", "voucher_balance", "cash_balance")})
ANSWER = st.fixed_dictionaries(
    {
        "code": st.just(0) | JSON,
        "scode": st.text(max_size=40) | JSON,
        "status": st.just(True) | JSON,
        "data": DATA | JSON,
    }
)
PLAN = re.compile(r"Balance: -?\$[0-9,]+\.[0-9]{2}( · \$[0-9,]+\.[0-9]{2} in deficit)?")


@given(JSON | ANSWER)
def test_any_answer_is_read_or_refused(body: Any) -> None:
    try:
        snapshot = parse_balance(JsonView(body), now=NOW)
    except ProviderError as error:
        assert error.message.endswith(".")
        assert not isinstance(error, ParseError) or error.path
        return
    assert is_sound(snapshot)
    assert snapshot.identity is not None
    assert PLAN.fullmatch(str(snapshot.identity.login_method))
    assert snapshot.windows == ()
