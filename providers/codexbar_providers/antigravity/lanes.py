"""The three lanes of a model payload, and what is listed beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from codexbar_providers.antigravity.parse_models import FULL, Model
from codexbar_qt.provider_api import Identity, NamedWindow, RateWindow, Snapshot, clamp_percent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

_LITE = re.compile(r"(?<![a-z])lite(?![a-z])")


@dataclass(frozen=True, slots=True)
class _Lane:
    candidates: tuple[Model, ...]

    @property
    def model(self) -> Model | None:
        """The candidate with the least left; the first of equals, None when nothing is known of any."""
        return _lowest(self.candidates)


def build_model_snapshot(models: Sequence[Model], identity: Identity, now: datetime) -> Snapshot:
    """Put models into Claude, Gemini Pro and Gemini Flash; further ones that were used become extra windows."""
    lanes = _lanes([model for model in models if not (_is_minor(model) or _is_autocomplete(model))])
    chosen = [lane.model for lane in lanes]
    windows = [None if model is None else used_window(model.fraction, model.resets_at) for model in chosen]
    if not any(chosen):
        # Nothing of the three families is known: whatever has the least left stands for the account.
        chosen[0] = _lowest(model for model in models if not (_is_image(model) or _is_autocomplete(model)))
        if chosen[0] is not None:
            windows[0] = used_window(chosen[0].fraction, chosen[0].resets_at, label=chosen[0].label)
    return Snapshot(
        updated_at=now,
        primary=windows[0],
        secondary=windows[1],
        tertiary=windows[2],
        extra_windows=_extras(models, lanes, chosen),
        identity=identity,
    )


def used_window(
    fraction: float | None,
    resets_at: datetime | None,
    *,
    minutes: int | None = None,
    description: str | None = None,
    label: str | None = None,
) -> RateWindow:
    """Return the window of a fraction that is left; 0 % used stands for an unknown one."""
    used = 0.0 if fraction is None else 100 - clamp_percent(fraction * 100)
    return RateWindow(used, minutes, resets_at, description, label=label)


def _lanes(models: Sequence[Model]) -> tuple[_Lane, _Lane, _Lane]:
    claude = _with(models, lambda name: "claude" in name)
    pro = _with(models, lambda name: "pro" in name and "low" in name)
    return (
        _Lane(_with(claude, lambda name: "thinking" not in name) or claude),
        _Lane(pro or _with(models, lambda name: "gemini" in name and "pro" in name)),
        _Lane(_with(models, lambda name: "gemini" in name and "flash" in name)),
    )


def _extras(models: Sequence[Model], lanes: Sequence[_Lane], chosen: Sequence[Model | None]) -> tuple[NamedWindow, ...]:
    listed: dict[str, NamedWindow] = {}
    for lane, filled in zip(lanes, chosen, strict=True):
        dated = next((model for model in lane.candidates if model.resets_at is not None), None)
        if filled is None and dated is not None:
            window = used_window(None, dated.resets_at)
            listed.setdefault(dated.id, NamedWindow(dated.id, dated.label, window, usage_known=False))
    for model in models:
        is_used = model.fraction is not None and model.fraction < FULL
        if is_used and not _is_autocomplete(model) and not any(model is one for one in chosen):
            window = used_window(model.fraction, model.resets_at)
            listed.setdefault(model.id, NamedWindow(model.id, model.label, window))
    return tuple(listed.values())


def _lowest(models: Iterable[Model]) -> Model | None:
    known = [(model.fraction, model) for model in models if model.fraction is not None]
    return min(known, key=lambda pair: pair[0])[1] if known else None


def _with(models: Iterable[Model], matches: Callable[[str], bool]) -> tuple[Model, ...]:
    return tuple(model for model in models if matches(model.label.lower()))


def _is_minor(model: Model) -> bool:
    return _is_image(model) or any(_LITE.search(name) for name in _names(model))


def _is_image(model: Model) -> bool:
    return any("image" in name for name in _names(model))


def _is_autocomplete(model: Model) -> bool:
    return any(name.startswith("tab_") for name in _names(model))


def _names(model: Model) -> tuple[str, str]:
    return model.id.lower(), model.label.lower()
