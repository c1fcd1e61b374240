"""A secret shows nowhere by accident."""

from __future__ import annotations

import copy
import json
import logging
import pickle
from typing import TYPE_CHECKING

import pytest

from codexbar_qt.provider_api import HttpRequest, Secret, bearer

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "test-key-1"


@pytest.mark.parametrize("show", [str, repr, ascii, format, "{}".format, "{!r:>20}".format, lambda secret: f"{secret}"])
def test_every_representation_is_masked(show: Callable[[object], str]) -> None:
    assert TEXT not in show(Secret(TEXT))


def test_containers_and_requests_mask_it() -> None:
    request = HttpRequest("GET", "https://example.com", "Example", {"Authorization": bearer(Secret(TEXT))})
    assert TEXT not in repr([Secret(TEXT)]) + repr({"key": Secret(TEXT)}) + repr(request)


def test_logging_masks_it(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("key %s %r", Secret(TEXT), Secret(TEXT))
    assert TEXT not in caplog.text


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_never_pickled(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(Secret(TEXT), protocol)


@pytest.mark.parametrize("write", [json.dumps, copy.copy, copy.deepcopy])
def test_it_is_neither_json_nor_copied(write: Callable[[object], object]) -> None:
    with pytest.raises(TypeError):
        write(Secret(TEXT))


def test_it_has_no_dict_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(TEXT))


def test_reveal_equality_and_truth() -> None:
    assert Secret(TEXT).reveal() == TEXT
    assert Secret(TEXT) == Secret(TEXT)
    assert Secret(TEXT) != Secret("test-key-2")
    assert Secret(TEXT) != TEXT
    assert len({Secret(TEXT), Secret(TEXT)}) == 1
    assert hash(Secret(TEXT)) != hash(TEXT)
    assert Secret(TEXT)
    assert not Secret("")


def test_bearer() -> None:
    assert bearer(Secret(TEXT)).reveal() == "Bearer test-key-1"
