"""Calls from many threads at once, the interpreter's lock, other interpreters, other processes."""

import concurrent.futures
import importlib
import multiprocessing
import subprocess
import sys
import threading

import numpy as np
import pytest
import tepui


def test_many_threads_share_a_problem_and_a_verdict(diabetes, diabetes_fits):
    v = diabetes_fits[0].classify()
    theta = v.network.parameters

    def ask(number):
        scaled = theta * (1.0 + 1e-3 * number)
        return v.split(0, [2.0 + number, -1.0 - number]).report, diabetes.loss_and_gradient(scaled)[1].tolist()

    expected = [ask(number) for number in range(40)]
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(40))) == expected


def test_the_lock_is_released():
    """While one thread is in the library, others run."""
    rng = np.random.default_rng(2)
    p = tepui.Problem(rng.normal(size=(20000, 20)), rng.normal(size=20000), options=tepui.Options(threads=1))
    net = tepui.Network(rng.normal(size=(30, 21)), rng.normal(size=30))
    inside, counted = threading.Event(), 0

    def work():
        inside.set()
        p.hessian(net)
        inside.clear()

    worker = threading.Thread(target=work)
    worker.start()
    inside.wait()
    while inside.is_set():
        counted += 1
    worker.join()
    assert counted > 1000


def test_subinterpreters_are_refused():
    for name in ("_interpreters", "_xxsubinterpreters"):
        try:
            importlib.import_module(name)
            break
        except ImportError:
            continue
    else:
        pytest.skip("this Python has no subinterpreters")
    script = """
import sys
try:
    import tepui
except ImportError as error:
    assert "subinterpreter" in str(error), error
else:
    raise AssertionError("imported")
"""
    program = f"import {name} as i; failed = i.run_string(i.create(), {script!r}); assert not failed, failed"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def _loss(theta):
    return PROBLEM.loss(theta)


PROBLEM = tepui.Problem(np.linspace(-1.0, 1.0, 30), np.linspace(0.0, 1.0, 30) ** 2)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_other_processes(method):
    thetas = [np.full(6, 0.1 * number) for number in range(4)]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(_loss, thetas) == [PROBLEM.loss(theta) for theta in thetas]


def test_activations_of_the_caller():
    def sine(z):
        return np.sin(z), np.cos(z), -np.sin(z), -np.cos(z)

    x = np.linspace(-1.0, 1.0, 5000)
    own = tepui.Problem(x, x**2, tepui.Activation.custom(sine, smoothness="analytic", parity="odd"))
    theta = np.array([1.0, 0.5, -2.0])
    assert own.loss(theta) == pytest.approx(tepui.Problem(x, x**2, "sin").loss(theta), rel=1e-13)

    def broken(z):
        if len(z) > 1:
            raise ZeroDivisionError("my own")
        return z, z, z

    with pytest.raises(tepui.CallbackError) as error:
        tepui.Problem(x, x**2, tepui.Activation.custom(broken)).loss(theta)
    assert isinstance(error.value.__cause__, ZeroDivisionError)


def test_the_interpreter_ends_in_silence():
    """Whatever is still held: a problem, a verdict, a way down."""
    script = """
import numpy as np, sys, tepui
x = np.linspace(-2.0, 2.0, 50)
fits = tepui.Problem(x, np.sin(x), bias=False).solve(1, 4)
split = fits[0].classify().split(0, [1.5, -0.5])
sys.modules["kept"] = fits, split, split.escape(), fits[0].critical_set(2, samples=1)
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
