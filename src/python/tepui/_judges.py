"""One object model over the library's verdicts: each judge answers for one kind of model."""

from __future__ import annotations

import ctypes
import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _prototypes as types
from ._arrays import Floats, Integers, address, finite, floats
from ._context import Caller, caller
from ._library import Handle, library
from ._model import Model
from ._progress import Progress
from .activation import Activation
from .errors import InvalidArgument, Unsupported
from .escape import Escape, escape_of
from .network import Network, network_from
from .splits import SplitVerdict


class Judge:
    """The verdict on a network of a problem. ``ways``: look for the ways down of all saddles."""

    report: dict[str, Any]
    handle: Handle

    def __init__(self, problem: Model, network: Network, ways: bool, progress: Progress = None) -> None:
        self.problem, self.network, self.progress = problem, network, progress
        self.call: Caller = caller(dataclasses.replace(problem.options, ways_down="all")) if ways else problem._call
        self.given = network._handle(self.call)
        self.narrow = network
        self.judge()

    def make(self, name: str, kind: str, *arguments: Any) -> Handle:
        return self.call.make(
            name,
            kind,
            self.problem._dataset,
            self.given,
            *arguments,
            keep=(self.problem._dataset,),
            progress=self.progress,
        )

    def judge(self) -> None:
        raise NotImplementedError

    def escape(self) -> Escape | None:
        """The way down from the point."""
        raise NotImplementedError

    def neuron_escape(self, neuron: int) -> Escape | None:
        raise Unsupported("ways down of neurons are those of their splits: split(i, gammas).escape()")

    def split(self, neuron: int, gamma: Floats) -> SplitVerdict:
        raise Unsupported("splits of neurons of such a network are not judged")

    def splits(self, splits: Sequence[tuple[int, Floats]]) -> list[SplitVerdict]:
        return [self.split(neuron, gamma) for neuron, gamma in splits]

    def together(self, splits: Sequence[tuple[int, Floats]]) -> SplitVerdict:
        raise Unsupported(
            "several neurons at once are split in networks of one output and the squared loss alone as yet"
        )

    def certificate(self, progress: Progress = None) -> Handle:
        raise Unsupported(
            "certificates are of smooth activations: points of relu, leaky_relu and abs are judged without"
        )

    def split_verdict(
        self, report: dict[str, Any], splits: Sequence[tuple[int, Floats]], escape: Callable[[], Escape | None]
    ) -> SplitVerdict:
        neurons, gammas = tuple(neuron for neuron, _ in splits), tuple(gamma for _, gamma in splits)
        return SplitVerdict(report, neurons, gammas, lambda: self.wide(splits), escape)

    def wide(self, splits: Sequence[tuple[int, Floats]]) -> Network:
        """The narrow network with daughters in the place of each parent."""
        network = self.narrow
        for neuron, gamma in sorted(splits, key=lambda one: -one[0]):
            network = self.daughters(network, neuron, gamma)
        return network

    def daughters(self, network: Network, neuron: int, gamma: Floats) -> Network:
        return network.split(neuron, gamma)


def offsets_of(splits: Sequence[tuple[int, Floats]]) -> tuple[Integers, Integers, Floats]:
    """Neurons, offsets and coefficients as the library takes several splits."""
    neurons = np.array([neuron for neuron, _ in splits], dtype=np.int64)
    offsets = np.concatenate([[0], np.cumsum([len(gamma) for _, gamma in splits])]).astype(np.int64)
    return neurons, offsets, np.concatenate([gamma for _, gamma in splits])


class NetworkJudge(Judge):
    """One output without weight decay: of any loss and width, on any data."""

    analysis: Any = None

    def judge(self) -> None:
        whole = None
        self.owner: Handle | None = None
        if self.problem.options.analysis_scope in (None, "complete"):
            whole = self.owner = self.make("tepui_classify_network", "network_verdict")
            self.report = self.call.report("tepui_network_verdict_report", whole)
            self.analysis = library.tepui_network_verdict_analysis(whole.pointer)
            if self.report["stationary"] and self.report.get("neurons_of") == "reduced_network":
                self.narrow = network_from(library.tepui_network_verdict_narrow(whole.pointer), self.problem.activation)
        if not self.analysis and (whole is None or self.report["stationary"]):
            self.owner = self.make("tepui_analyze", "analysis")
            self.analysis = self.owner.pointer
            own = self.call.report("tepui_analysis_report", self.owner)
            if whole is None:
                self.report = own
            else:  # no neuron of the narrow network was left to be analysed
                self.report["hessian"], self.report["neurons"] = own["hessian"], own.get("neurons", [])
                self.report["neurons_of"], self.narrow = "network", self.network
        self.whole = whole

    def escape(self) -> Escape | None:
        if self.whole is not None:
            witness = library.tepui_network_verdict_witness(self.whole.pointer)
            return escape_of(self.call, witness, self.whole, self.network.activation)
        return escape_of(self.call, library.tepui_analysis_witness(self.analysis), self.owner, self.network.activation)

    def neuron_escape(self, neuron: int) -> Escape | None:
        witness = library.tepui_analysis_escape(self.analysis, neuron)
        return escape_of(self.call, witness, self.owner, self.network.activation)

    def _of(self, verdict: Handle, splits: Sequence[tuple[int, Floats]]) -> SplitVerdict:
        def escape() -> Escape | None:
            witness = library.tepui_split_verdict_witness(verdict.pointer)
            if witness or self.call.options.ways_down == "all":
                return escape_of(self.call, witness, verdict, self.network.activation)
            searching = caller(dataclasses.replace(self.problem.options, ways_down="all"))
            again = self._classify(searching, splits)
            return escape_of(
                searching, library.tepui_split_verdict_witness(again.pointer), again, self.network.activation
            )

        return self.split_verdict(self.call.report("tepui_split_verdict_report", verdict), splits, escape)

    def _classify(self, call: Caller, splits: Sequence[tuple[int, Floats]]) -> Handle:
        if len(splits) == 1:
            neuron, gamma = splits[0]
            return call.make(
                "tepui_classify_split",
                "split_verdict",
                self.analysis,
                neuron,
                len(gamma),
                address(gamma),
                keep=(self.owner,),
            )
        neurons, offsets, gammas = offsets_of(splits)
        return call.make(
            "tepui_classify_splits", "split_verdict", self.analysis, len(splits), address(neurons), address(offsets),
            address(gammas),
            keep=(self.owner,),
        )  # fmt: skip

    def split(self, neuron: int, gamma: Floats) -> SplitVerdict:
        return self._of(self._classify(self.call, [(neuron, gamma)]), [(neuron, gamma)])

    def together(self, splits: Sequence[tuple[int, Floats]]) -> SplitVerdict:
        return self._of(self._classify(self.call, splits), splits)

    def splits(self, splits: Sequence[tuple[int, Floats]]) -> list[SplitVerdict]:
        """One call: their ways down are found together."""
        neurons, offsets, gammas = offsets_of(splits)
        made = (types.split_verdict_handle * len(splits))()
        self.call(
            "tepui_classify_each_split", self.analysis, len(splits), address(neurons), address(offsets),
            address(gammas),
            ctypes.cast(made, types.split_verdict_handle_out), progress=self.progress,
        )  # fmt: skip
        handles = [Handle(pointer, "split_verdict", (self.owner,)) for pointer in made]
        return [self._of(handle, [split]) for handle, split in zip(handles, splits)]

    def certificate(self, progress: Progress = None) -> Handle:
        return self.call.make("tepui_certify", "certificate", self.analysis, keep=(self.owner,), progress=progress)


class ModelJudge(Judge):
    """Several outputs or weight decay, of smooth activations."""

    def judge(self) -> None:
        self.handle = self.make("tepui_classify_model", "model_verdict")
        self.report = self.call.report("tepui_model_verdict_report", self.handle)
        self.layer = library.tepui_model_verdict_layer(self.handle.pointer)
        if self.report.get("neurons_of") == "reduced_network":
            each = self.network.activation
            if not isinstance(each, (str, Activation)):
                each = [each[group["neurons"][0]] for group in self.report["whole"]["groups"]]
            self.narrow = network_from(library.tepui_model_verdict_narrow(self.handle.pointer), each)

    def escape(self) -> Escape | None:
        witness = library.tepui_model_verdict_witness(self.handle.pointer)
        return escape_of(self.call, witness, self.handle, self.network.activation)

    def certificate(self, progress: Progress = None) -> Handle:
        dataset = self.problem._dataset
        return self.call.make("tepui_certify_model", "certificate", dataset, self.handle, progress=progress)

    def split(self, neuron: int, gamma: Floats) -> SplitVerdict:
        split = self.call.make(
            "tepui_classify_layer_split", "layer_split", self.layer, neuron, len(gamma), address(gamma)
        )
        report = self.call.report("tepui_layer_split_report", split)

        return self.split_verdict(report, [(neuron, gamma)], lambda: self._way([(neuron, gamma)]))

    def together(self, splits: Sequence[tuple[int, Floats]]) -> SplitVerdict:
        split = self._classify(splits)
        report = self.call.report("tepui_model_verdict_report", split)
        return self.split_verdict(report, splits, lambda: self._way(splits))

    def _classify(self, splits: Sequence[tuple[int, Floats]]) -> Handle:
        neurons, offsets, gammas = offsets_of(splits)
        return self.call.make(
            "tepui_classify_model_splits", "model_verdict", self.problem._dataset, self.handle, len(splits),
            address(neurons), address(offsets), address(gammas), keep=(self.handle, self.problem._dataset),
        )  # fmt: skip

    def _way(self, splits: Sequence[tuple[int, Floats]]) -> Escape | None:
        split = self._classify(splits)
        witness = library.tepui_model_verdict_witness(split.pointer)
        return escape_of(self.call, witness, split, self.wide(splits).activation)


def way_down(
    call: Caller, layer: Any, wide: Network, neuron: int, gamma: Floats, epsilon: float
) -> tuple[Network, float]:
    """The wide network with the daughters where the layer's way down has them, and the change of the loss predicted."""
    r = len(gamma)
    w, a, predicted = np.empty((r, wide.inputs)), np.empty((r, wide.outputs)), ctypes.c_double()
    call(
        "tepui_layer_way_down",
        layer,
        neuron,
        r,
        address(gamma),
        epsilon,
        address(w),
        address(a),
        ctypes.byref(predicted),
    )
    W, outputs = wide.W.copy(), wide.a.reshape(wide.width, -1).copy()
    W[neuron : neuron + r], outputs[neuron : neuron + r] = w, a
    return dataclasses.replace(wide, W=W, a=outputs), predicted.value


class DirectionalJudge(Judge):
    """relu, leaky_relu and abs: one-sided derivatives."""

    def judge(self) -> None:
        self.handle = self.make("tepui_classify_directional", "directional", None, None)
        self.report = self.call.report("tepui_directional_report", self.handle)

    def escape(self) -> Escape | None:
        witness = library.tepui_directional_witness(self.handle.pointer)
        return escape_of(self.call, witness, self.handle, self.network.activation)

    def split(self, neuron: int, gamma: Floats) -> SplitVerdict:
        outputs = gamma * self.network.a[neuron]
        embedding = self.call.make(
            "tepui_classify_replication",
            "directional_embedding",
            self.handle,
            neuron,
            len(gamma),
            None,
            address(outputs),
            keep=(self.handle,),
        )
        report = self.call.report("tepui_directional_embedding_report", embedding)

        def escape() -> Escape | None:
            witness = library.tepui_directional_embedding_witness(embedding.pointer)
            return escape_of(self.call, witness, embedding, self.network.activation)

        return self.split_verdict(report, [(neuron, gamma)], escape)


class SeveralOutputsJudge(Judge):
    """The same with several outputs, output biases, skip connections or weight decay; splits are points of wider
    networks, with decay by daughters of the same decay."""

    def judge(self) -> None:
        self.handle = self.make("tepui_classify_directional_model", "several_outputs", None, None)
        self.report = self.call.report("tepui_several_outputs_report", self.handle)

    def escape(self) -> Escape | None:
        witness = library.tepui_several_outputs_witness(self.handle.pointer)
        return escape_of(self.call, witness, self.handle, self.network.activation)

    def split(self, neuron: int, gamma: Floats) -> SplitVerdict:
        wide = SeveralOutputsJudge(self.problem, self.wide([(neuron, gamma)]), ways=False)
        return self.split_verdict(wide.report, [(neuron, gamma)], wide.escape)

    def daughters(self, network: Network, neuron: int, gamma: Floats) -> Network:
        return network.split(neuron, gamma, homogeneous=bool(self.problem.weight_decay))


def judge(problem: Model, network: Network, ways: bool = False, progress: Progress = None) -> Judge:
    """The judge for this kind of model."""
    one_activation = isinstance(network.activation, (str, Activation))
    if problem.activation.is_relu_like:
        if problem.plain and network.plain:
            return DirectionalJudge(problem, network, ways, progress)
        loss = problem.loss_function
        judged = one_activation and (loss.name != "custom" or loss.convex)
        return (SeveralOutputsJudge if judged else ModelJudge)(problem, network, ways, progress)
    if network.outputs == 1 and one_activation and not problem.weight_decay:
        return NetworkJudge(problem, network, ways, progress)
    return ModelJudge(problem, network, ways, progress)


def coefficients(gammas: Any) -> Floats:
    gamma = finite(floats(gammas, "gammas", (None,)), "gammas")
    if len(gamma) < 2 or abs(gamma.sum() - 1.0) > 1e-12 * np.abs(gamma).sum():
        raise InvalidArgument(f"gammas = {gamma.tolist()}: at least two splitting coefficients of sum 1 are expected")
    return gamma
