"""What verdicts on splits can be asked, of any kind of network."""

from __future__ import annotations


class JudgedSplit:
    verdict: str

    @property
    def is_minimum(self) -> bool:
        return self.verdict == "local_minimum"

    @property
    def is_saddle(self) -> bool:
        return self.verdict == "saddle"
