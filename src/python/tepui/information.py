"""What this build and machine really use."""

from __future__ import annotations

from ._context import caller
from ._enumerations import InfoItem
from .options import Options


def info() -> dict[str, str]:
    """Instruction set, threads, BLAS and LAPACK in use, optional components; empty: not in this build.

    Examples
    --------
    >>> import tepui
    >>> sorted(tepui.info())[:3]
    ['blas', 'blas_kernels', 'blas_remedy']
    """
    return {item.name.lower(): caller(Options()).info(int(item)) for item in InfoItem}
