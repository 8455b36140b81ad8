"""A two-layer network on a table by NumPy alone (MATH.md section 1), and reports that know which fields were looked at."""

import itertools
import math

import numpy as np


def silu(z):
    s = 1 / (1 + np.exp(-z))
    return z * s, s * (1 + z * (1 - s)), s * (1 - s) * (2 + z * (1 - 2 * s))


def relu(z):
    return np.maximum(z, 0.0), (z >= 0).astype(float), 0.0 * z


SIGMA = {"silu": silu, "relu": relu}


class Plain:
    """x: with the bias; s: sample weights."""

    def __init__(self, x, y, s, w, a, activation="silu"):
        self.x, self.s = np.asarray(x), np.asarray(s)
        self.w, self.a = np.array(w, dtype=float).reshape(-1, self.x.shape[1]), np.array(a, dtype=float)
        self.z = self.x @ self.w.T
        self.u, self.first, self.second = SIGMA[activation](self.z)
        self.r = self.u @ self.a - y
        self.loss = 0.5 * np.sum(self.s * self.r ** 2)
        self.gradient = self.sums(self.s * self.r, self.a, self.x, self.u, self.first)
        terms = self.sums(self.s * np.abs(self.r), np.abs(self.a), np.abs(self.x), np.abs(self.u), np.abs(self.first))
        self.relative = np.max(np.abs(self.gradient) / np.where(terms > 0, terms, 1))

    @staticmethod
    def sums(c, a, x, u, first):
        return np.concatenate([((c[:, None] * first * a).T @ x).ravel(), u.T @ c])

    def inner(self, i):
        return np.einsum("k,kp,kq->pq", self.s * self.r * self.a[i] * self.second[:, i], self.x, self.x)

    def hessian(self):
        m, d = self.w.shape
        jacobian = np.hstack([*((self.a[i] * self.first[:, i])[:, None] * self.x for i in range(m)), self.u])
        h = (jacobian * self.s[:, None]).T @ jacobian
        for i in range(m):
            own = slice(i * d, (i + 1) * d)
            h[own, own] += self.inner(i)
            mixed = self.x.T @ (self.s * self.r * self.first[:, i])
            h[own, m * d + i] += mixed
            h[m * d + i, own] += mixed
        return h

    def curvature_ratio(self):
        """The smallest curvature of the point and of its splits beside the largest."""
        curvatures = np.abs(np.concatenate([np.linalg.eigvalsh(h) for h in (self.hessian(), *map(self.inner, range(len(self.a))))]))
        return curvatures.min() / curvatures.max()


def eigenvalues(matrix, zero=1e-9):
    """Ascending, and how many are negative, zero, positive beside the largest; for matrices that leave no doubt."""
    values = np.linalg.eigvalsh(matrix)
    small = zero * np.abs(values).max()
    return values, {"negative": int(np.sum(values < -small)), "zero": int(np.sum(np.abs(values) <= small)),
                    "positive": int(np.sum(values > small))}


def singular_values(x, s):
    """Of the inputs in units of powers of two at or below their root mean squares. Where one is a power of two but for
    rounding, either may be taken: every choice."""
    rows = x * np.sqrt(s / s.sum())[:, None]
    size = np.linalg.norm(rows, axis=0)
    choices = [{2.0 ** math.floor(math.log2(v * factor)) for factor in (1 - 1e-12, 1 + 1e-12)} for v in size]
    return [np.linalg.svd(rows / np.array(units), compute_uv=False) for units in itertools.product(*choices)]


class Read(dict):
    """A JSON object that notes which of its fields have been asked for."""

    def __init__(self, value, place=(), seen=None):
        self.place, self.seen = place, set() if seen is None else seen
        super().__init__({key: wrapped(item, (*place, key), self.seen) for key, item in value.items()})

    def __getitem__(self, key):
        self.seen.add((*self.place, key))
        return super().__getitem__(key)


def wrapped(value, place, seen):
    if isinstance(value, dict):
        return Read(value, place, seen)
    if isinstance(value, list):
        return [wrapped(item, place, seen) for item in value]
    return value


def places(value, place=()):
    """Every field of a report, whatever the number of the entry in a list."""
    if isinstance(value, list):
        for item in value:
            yield from places(item, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield (*place, key)
            yield from places(item, (*place, key))
