"""Networks of several outputs, other losses and weight decay by NumPy alone (MATH.md section 1)."""

import numpy as np

PARTS = ("W", "a", "b", "C")


def tanh(z):
    u = np.tanh(z)
    return u, 1 - u * u


def softmax(f):
    p = np.exp(f - f.max(axis=1, keepdims=True))
    return p / p.sum(axis=1, keepdims=True)


def loss_of(name, f, y, delta=1.0):
    """Of every sample, and its slopes by f."""
    if name == "softmax":
        top = f.max(axis=1)
        return top + np.log(np.exp(f - top[:, None]).sum(axis=1)) - (y * f).sum(axis=1), softmax(f) - y
    if name == "logistic":
        value, slope = np.logaddexp(0, f) - y * f, 1 / (1 + np.exp(-f)) - y
    elif name == "poisson":
        value, slope = np.exp(f) - y * f + np.where(y > 0, y * np.log(np.where(y > 0, y, 1)), 0) - y, np.exp(f) - y
    elif name == "pseudo_huber":
        root = np.sqrt(1 + ((f - y) / delta) ** 2)
        value, slope = delta ** 2 * (root - 1), (f - y) / root
    else:
        value, slope = 0.5 * (f - y) ** 2, f - y
    return value.sum(axis=1), slope


class Model:
    """x: with the bias; net: W [m][d], a [m] or [m][K], b [K], C [K][d]; decay: lambdas of w, a, c and biases."""

    def __init__(self, x, y, net, loss="squared", s=None, bias=True, decay=None, delta=1.0):
        x, y = np.asarray(x, float), np.asarray(y, float).reshape(len(x), -1)
        s = np.ones(len(x)) if s is None else np.asarray(s)
        self.net = {part: np.array(net[part], float) for part in PARTS if part in net}
        w, a = self.net["W"], self.net["a"].reshape(len(self.net["W"]), -1)
        u, first = tanh(x @ w.T)
        self.f = u @ a
        if "b" in self.net:
            self.f = self.f + self.net["b"]
        if "C" in self.net:
            self.f = self.f + x @ self.net["C"].T
        value, g = loss_of(loss, self.f, y, delta)
        self.loss, g = s @ value, s[:, None] * g
        self.residuals = self.f - y
        self.x, self.g, self.first = x, g, first
        self.second = -2 * u * first
        gradient = {"W": ((g @ a.T) * first).T @ x, "a": u.T @ g, "b": g.sum(axis=0), "C": g.T @ x}
        lambdas = {part: np.zeros_like(self.net[part]) for part in self.net}
        for part, of in (("W", "w"), ("a", "a"), ("b", "biases"), ("C", "c")):
            if part in self.net and decay:
                lambdas[part] += decay.get(of, 0.0)
                if part in "WC" and bias:
                    lambdas[part][:, -1] = decay.get("biases", 0.0)
        self.loss += sum(0.5 * np.sum(lambdas[part] * self.net[part] ** 2) for part in self.net)
        self.gradient = np.concatenate([(gradient[part].reshape(self.net[part].shape) + lambdas[part] * self.net[part]).ravel()
                                        for part in PARTS if part in self.net])

    def slopes(self, i):
        """Psi_i, [d][K]."""
        return (self.x * self.first[:, i:i + 1]).T @ self.g

    def inner(self, i):
        """H_i."""
        factor = (self.g @ self.net["a"].reshape(len(self.net["W"]), -1)[i]) * self.second[:, i]
        return (self.x * factor[:, None]).T @ self.x

    def inner_on_kernel(self, i, zero=1e-7):
        """The rank of Psi_i and the eigenvalues of H_i on the kernel of its transpose."""
        left, values, _ = np.linalg.svd(self.slopes(i))
        rank = int(np.sum(values > zero * np.abs(self.x).T @ np.abs(self.g).sum(axis=1) @ np.ones(self.x.shape[1])))
        kernel = left[:, rank:]
        return rank, np.linalg.eigvalsh(kernel.T @ self.inner(i) @ kernel)


def hessian(model_at, net, step=1e-5):
    """By central differences of the gradient."""
    parts = [part for part in PARTS if part in net]
    theta = np.concatenate([np.ravel(net[part]) for part in parts])

    def gradient(moved):
        at, shaped = 0, {}
        for part in parts:
            size = np.size(net[part])
            shaped[part] = moved[at:at + size].reshape(np.shape(net[part]))
            at += size
        return model_at(shaped).gradient

    columns = []
    for p in range(len(theta)):
        e = np.zeros(len(theta))
        e[p] = step
        columns.append((gradient(theta + e) - gradient(theta - e)) / (2 * step))
    matrix = np.array(columns)
    return (matrix + matrix.T) / 2
