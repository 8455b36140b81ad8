"""Layers of any network."""

import numpy as np
import pytest
import tepui


def test_a_layer_of_a_problem_is_judged_as_the_problem(diabetes, diabetes_fits):
    """h and g of a network's only layer give what the network's verdict says."""
    v = diabetes_fits[0].classify()
    net = v.network
    h = np.column_stack([diabetes.X, np.ones(diabetes.samples)])
    g = diabetes.outputs_of(net) - diabetes.y[:, 0]
    layer = tepui.inspect_layer(h, g, net.W, net.a, "gelu", verdict="local_minimum", morse_index=0, nullity=0)
    assert layer.stationary and len(layer.neurons) == 2
    for mine, other in zip(layer.neurons, v.neurons):
        assert (mine.plateau, mine.local_minima) == (other.plateau, other.local_minima)
        assert np.allclose(mine.inner_hessian.eigenvalues, other.inner_hessian.eigenvalues, rtol=1e-9)
    split = layer.split(0, [2.0, -1.0])
    assert split.is_saddle and split.morse_index == v.split(0, [2.0, -1.0]).morse_index
    moved, predicted = split.way_down(0.1)
    assert predicted < 0.0 and diabetes.loss(moved) < v.loss
    assert layer.split(0, [0.5, 0.5]).is_minimum


def test_tokens_are_samples(linnerud):
    v = linnerud.solve(width=2, starts=4)[0].classify()
    h = np.column_stack([linnerud.X, np.ones(20)]).reshape(4, 5, 4)
    g = (linnerud.outputs_of(v.network) - linnerud.y).reshape(4, 5, 3)
    layer = tepui.inspect_layer(h.astype(np.float64), g, v.network.W, v.network.a, "tanh")
    assert [neuron.plateau for neuron in layer.neurons] == ["all_saddles", "all_saddles"]
    assert layer.neurons[0].slopes["rank"] == v.neurons[0].report["slopes"]["rank"] == 2


def test_refusals():
    h, g = np.linspace(-1.0, 1.0, 9), np.ones(9)
    for change, sentence in (
        ({"g": np.ones((9, 2))}, r"g: has shape \(9, 2\)"),
        ({"W": [[0.0, 1.0]]}, "inputs"),
        ({"verdict": "maximum"}, "verdict = 'maximum'"),
        ({"activation": "relu"}, "relu"),
    ):
        given = {"h": h, "g": g, "W": [[0.5]], "A": [1.0], "activation": "gelu", **change}
        with pytest.raises(tepui.TepuiError, match=sentence):
            tepui.inspect_layer(**given)
    away = tepui.inspect_layer(h, g, [[0.5]], [1.0], "gelu")
    assert not away.stationary and away.neurons == []
    with pytest.raises(tepui.NotStationary):
        away.split(0, [0.5, 0.5])
