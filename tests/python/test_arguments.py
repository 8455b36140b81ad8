"""Arguments that cannot be: the sentence names them as the caller does."""

import numpy as np
import pytest
import tepui

X = np.linspace(-2.0, 2.0, 30)
PROBLEM = tepui.Problem(X, np.sin(X))
RELU = tepui.Problem(X, np.sin(X), "relu")


@pytest.mark.parametrize("width", [0, -1, 2.5, "2", None])
def test_widths(width):
    for ask in (PROBLEM.solve, RELU.trace):
        with pytest.raises(tepui.InvalidArgument, match=r"width = .*: a whole number of at least 1"):
            ask(width)


def test_numbers_of_a_search():
    for name, value in (("starts", 0), ("starts", 1.5), ("seed", -1), ("find", "saddle")):
        with pytest.raises(tepui.InvalidArgument, match=f"{name} = "):
            PROBLEM.solve(1, **{name: value})
    assert len(PROBLEM.solve(np.int64(1), starts=np.int32(2)).starts) == 2


def test_questions_to_a_verdict():
    v = PROBLEM.solve(1, 2)[0].classify()
    for ask in (lambda: v.critical_set(0), lambda: v.critical_set(2.0), lambda: v.plateau(0, steps=0)):
        with pytest.raises(tepui.InvalidArgument, match="a whole number"):
            ask()
    with pytest.raises(tepui.InvalidArgument, match="neuron = 5: the network has 1 neurons"):
        v.plateau(5)


def test_errors_of_functions_of_the_caller_say_what_these_raised():
    def broken(f, y):
        raise ZeroDivisionError("my own")

    with pytest.raises(tepui.CallbackError, match="it raised ZeroDivisionError: my own"):
        tepui.Problem(X, X, loss=tepui.Loss.custom(broken)).loss(np.ones(3))


@pytest.mark.parametrize("package", ["pandas", "matplotlib", "scikit-learn"])
def test_packages_that_are_not_there_are_named(package, monkeypatch):
    hidden = {"scikit-learn": "sklearn", "matplotlib": "matplotlib.pyplot"}.get(package, package)
    monkeypatch.setitem(__import__("sys").modules, hidden, None)
    fits = PROBLEM.solve(1, 2)
    ask = {
        "pandas": fits.to_frame,
        "matplotlib": lambda: fits[0].plateau(0, steps=2).plot(),
        "scikit-learn": lambda: tepui.TwoLayerRegressor,
    }[package]
    with pytest.raises(ImportError, match=rf"needs {package} \(pip install {package}\)"):
        ask()
