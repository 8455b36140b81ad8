"""What any verdict can be asked: on a point, on a split, of any kind of network."""

from __future__ import annotations

from typing import Protocol


class _HasVerdict(Protocol):
    @property
    def verdict(self) -> str: ...


class Judged:
    @property
    def is_minimum(self: _HasVerdict) -> bool:
        return self.verdict == "local_minimum"

    @property
    def is_saddle(self: _HasVerdict) -> bool:
        return self.verdict == "saddle"
