"""Progress, stopping and Ctrl-C."""

import os
import signal
import threading
import time

import numpy as np
import pytest
import tepui
from tepui import _signals

RNG = np.random.default_rng(1)
LONG = tepui.Problem(RNG.normal(size=(4000, 10)), RNG.normal(size=4000))  # minutes of search


def test_progress_is_told():
    heard = []
    tepui.Problem(RNG.normal(size=(300, 3)), RNG.normal(size=300)).solve(
        3, starts=40, progress=lambda phase, fraction: heard.append((phase, fraction))
    )
    assert all(isinstance(phase, str) and 0.0 <= fraction <= 1.0 for phase, fraction in heard)


def test_a_function_stops_a_search_and_what_was_found_is_there():
    fits = LONG.solve(8, starts=1000, progress=lambda phase, fraction: True)
    assert fits.outcomes["cancelled"] > 0


def test_a_function_stops_other_operations():
    h, g = RNG.normal(size=(200000, 20)), RNG.normal(size=(200000, 4))
    W, A = RNG.normal(size=(40, 20)), RNG.normal(size=(40, 4))
    with pytest.raises(tepui.Cancelled) as error:
        tepui.inspect_layer(h, g, W, A, "tanh", progress=lambda phase, fraction: True)
    assert error.value.status == "TEPUI_ERROR_CANCELLED"


class Refused(Exception):
    pass


def test_an_exception_ends_the_call_and_comes_through():
    def refuse(phase, fraction):
        raise Refused(phase)

    with pytest.raises(Refused):
        LONG.solve(8, starts=1000, progress=refuse)
    assert LONG.loss(np.ones(12)) > 0.0  # the problem is as good as before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals(number):
    class Signalled(Exception):
        pass

    def handler(number, frame):
        raise Signalled

    before = signal.signal(number, handler)
    timer = threading.Timer(0.3, os.kill, (os.getpid(), number))
    try:
        timer.start()
        start = time.monotonic()
        with pytest.raises(Signalled):
            LONG.solve(8, starts=100000)
        assert time.monotonic() - start < 60.0
        assert signal.getsignal(number) is handler
    finally:
        timer.join()
        signal.signal(number, before)


def test_a_handler_that_returns_lets_the_call_go_on():
    heard = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: heard.append(number))

    def send():  # one after the other: a signal that waits to be heard takes in the next of its kind
        for count in (0, 1):
            while len(heard) < count and time.monotonic() - start < 60.0:
                time.sleep(0.01)
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGUSR1)

    start = time.monotonic()
    sender = threading.Thread(target=send)
    try:
        sender.start()
        fits = LONG.solve(8, starts=1000, progress=lambda *_: len(heard) == 2 or time.monotonic() - start > 60.0)
        assert heard == [signal.SIGUSR1] * 2
        assert fits.outcomes["cancelled"] > 0
    finally:
        sender.join()
        signal.signal(signal.SIGUSR1, before)


def test_no_signal_is_lost_between_short_calls():
    class Signalled(Exception):
        pass

    def handler(number, frame):
        raise Signalled

    small = tepui.Problem(np.linspace(-1.0, 1.0, 20), np.zeros(20))
    small.loss_and_gradient(np.ones(6))
    before = signal.signal(signal.SIGALRM, handler)
    try:
        for _ in range(100):
            late = time.monotonic() + 30.0
            with pytest.raises(Signalled):
                signal.setitimer(signal.ITIMER_REAL, 0.002)
                while time.monotonic() < late:
                    small.loss_and_gradient(np.ones(6))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("step", range(9))
def test_handlers_are_put_back_whenever_one_of_them_raises(step, monkeypatch):
    """As a handler may at the entrance of any function of Python's."""

    class Signalled(Exception):
        pass

    handlers = {number: lambda *_: None for number in (signal.SIGUSR1, signal.SIGUSR2)}
    handlers[signal.SIGINT] = signal.default_int_handler
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    steps = []

    def interrupted(function):
        def call(*arguments):
            steps.append(function)
            if len(steps) == step + 1:
                raise Signalled
            return function(*arguments)

        return call

    try:
        with monkeypatch.context() as patched:
            patched.setattr(_signals.signal, "signal", interrupted(signal.signal))
            try:
                with _signals.Deferred():
                    pass
            except Signalled:
                pass
        assert {number: signal.getsignal(number) for number in handlers} == handlers
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def test_ctrl_c():
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        LONG.solve(8, starts=100000)
    timer.join()


def test_a_bar_where_tqdm_is():
    pytest.importorskip("tqdm")
    assert len(tepui.Problem(np.arange(9.0), np.sin(np.arange(9.0))).solve(1, 4, progress=True).starts) == 4


def test_no_bar_without_tqdm(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tqdm.auto", None)
    with pytest.raises(ImportError, match="pip install tqdm"):
        LONG.solve(1, 1, progress=True)
    with pytest.raises(tepui.InvalidArgument, match="progress = 3"):
        LONG.solve(1, 1, progress=3)
