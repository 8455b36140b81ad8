"""What every verdict can be asked."""

from __future__ import annotations


class Judged:
    verdict: str

    @property
    def is_minimum(self) -> bool:
        return self.verdict == "local_minimum"

    @property
    def is_saddle(self) -> bool:
        return self.verdict == "saddle"
