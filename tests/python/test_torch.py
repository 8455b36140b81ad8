"""PyTorch: networks out of modules and back, and layers of deep networks by hooks."""

import pathlib
import re

import numpy as np
import pytest
import tepui

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

torch.set_default_dtype(torch.float64)


@pytest.fixture(scope="module")
def data():
    x = torch.linspace(-2.0, 2.0, 40).reshape(-1, 1)
    return x, torch.sin(1.5 * x) + 0.2 * torch.cos(4.0 * x)


def trained(module, loss, steps=300):
    """To where lbfgs in double precision gets."""
    optimizer = torch.optim.LBFGS(
        module.parameters(), max_iter=steps, tolerance_grad=1e-13, tolerance_change=0.0, line_search_fn="strong_wolfe",
        history_size=50,
    )  # fmt: skip

    def closure():
        optimizer.zero_grad()
        value = loss()
        value.backward()
        return value

    optimizer.step(closure)
    return module


def test_a_module_its_verdict_and_a_wider_one(data):
    x, y = data
    torch.manual_seed(3)
    module = nn.Sequential(nn.Linear(1, 1), nn.Tanh(), nn.Linear(1, 1))
    trained(module, lambda: 0.5 * ((module(x) - y) ** 2).sum())
    p = tepui.Problem(x, y, output_bias=True)  # tensors as they are
    net = tepui.from_torch(module)
    assert p.loss(net) == pytest.approx(0.5 * float(((module(x) - y) ** 2).sum().detach()), rel=1e-13)
    v = p.classify(module, polish=True)
    assert v.is_minimum and v.polish["relative_distance_moved"] < 1e-5
    way = v.split(0, [1.5, -0.5]).escape()
    wide = tepui.to_torch(way.network, module)
    assert wide[0].out_features == 2 and module[0].out_features == 1
    after = 0.5 * float(((wide(x) - y) ** 2).sum().detach())
    assert after - v.loss == pytest.approx(way.measured, rel=1e-9)
    trained(wide, lambda: 0.5 * ((wide(x) - y) ** 2).sum(), 200)
    assert 0.5 * float(((wide(x) - y) ** 2).sum().detach()) < after  # it can be trained on
    again = tepui.to_torch(tepui.from_torch(wide), wide)
    assert all(torch.equal(one, two) for one, two in zip(again.parameters(), wide.parameters()))


class Block(nn.Module):
    """A transformer's MLP, x + fc2(gelu(fc1(norm(x)))), and a head."""

    def __init__(self, width, hidden, outputs):
        super().__init__()
        self.norm = nn.LayerNorm(width, elementwise_affine=False)
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.head = nn.Linear(width, outputs)

    def sent(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(self.norm(x))))

    def behind(self, x, sent):
        return self.head(torch.tanh(x + sent)).mean(dim=1)

    def forward(self, x):
        return self.behind(x, self.sent(x))


@pytest.fixture(scope="module")
def block():
    """On 30 sequences of three tokens, at a stationary point by construction: the loss is how far the outputs are from
    those of this point, and c . (what the layer sends out), c with sums that make the layer's gradient vanish."""
    torch.manual_seed(1)
    x = torch.randn(30, 3, 3)
    module = Block(3, 2, 1)
    with torch.no_grad():
        target = module(x).clone()
        h = np.column_stack([module.norm(x).reshape(90, 3), np.ones(90)])
    layer = tepui.Network(
        np.column_stack([module.fc1.weight.detach(), module.fc1.bias.detach()]), module.fc2.weight.detach().T, "gelu"
    )
    value, slope, _ = tepui.Activation("gelu").evaluate(h @ layer.W.T)
    rows = [np.kron(one, np.eye(3)) for one in (*value.T, np.ones(90))]
    rows += [np.kron(slope[:, i] * h[:, j], layer.a[i])[np.newaxis] for i in range(2) for j in range(4)]
    conditions = np.vstack(rows)
    c = np.random.default_rng(2).normal(size=270)
    c -= conditions.T @ np.linalg.lstsq(conditions @ conditions.T, conditions @ c, rcond=None)[0]
    c = torch.as_tensor(c.reshape(30, 3, 3))

    def loss(part=slice(None)):
        sent = module.sent(x[part])
        return 0.5 * ((module.behind(x[part], sent) - target[part]) ** 2).sum() + (c[part] * sent).sum()

    return module, x, loss


def test_a_layer_by_hooks(block):
    module, x, loss = block
    with tepui.gather_layer(module.fc1, module.fc2) as gathered:
        module.zero_grad()
        loss().backward()
    assert gathered.h.shape == (90, 4) and gathered.g.shape == (90, 3) and (gathered.h[:, -1] == 1.0).all()
    # dL/dW2 and dL/db2 by what was gathered.
    hidden = nn.functional.gelu(module.fc1(module.norm(x))).reshape(90, 2).detach().numpy()
    assert np.allclose(gathered.g.T @ hidden, module.fc2.weight.grad, atol=1e-12)
    assert np.allclose(gathered.g.sum(axis=0), module.fc2.bias.grad, atol=1e-12)
    layer = gathered.inspect("gelu")
    assert layer.stationary and len(layer.neurons) == 2
    assert all(neuron.plateau == "all_saddles" and neuron.rule == "output_slopes" for neuron in layer.neurons)
    with torch.no_grad():
        module(x)  # afterwards nothing is gathered any more
    assert len(gathered.h) == 90


def test_batches_are_parts_of_one_sum(block):
    module, x, loss = block

    def gather(parts):
        with tepui.gather_layer(module.fc1, module.fc2) as gathered:
            with torch.no_grad():
                module(x)  # a pass without gradients does not count
            for part in parts:
                loss(part).backward()
        return gathered

    whole, halves = gather([slice(0, 30)]), gather([slice(0, 12), slice(12, 30)])
    assert np.array_equal(whole.h, halves.h) and np.allclose(whole.g, halves.g, rtol=1e-12, atol=1e-14)


def test_a_way_down_of_a_layer(block):
    module, _, loss = block
    with tepui.gather_layer(module.fc1, module.fc2) as gathered:
        start = loss()
        start.backward()
    for neuron in gathered.inspect("gelu").neurons:
        split = neuron.split([1.5, -0.5])
        assert split.is_saddle
        kept = module.fc1, module.fc2
        try:
            network, predicted = split.way_down(1e-3)
            module.fc1, module.fc2 = tepui.linear_layers(network, *kept)
            assert module.fc1.out_features == 3
            assert float(loss().detach() - start.detach()) == pytest.approx(predicted, rel=0.05) and predicted < 0.0
            module.fc1, module.fc2 = tepui.linear_layers(split.way_down(0.0)[0], *kept)
            assert float(loss().detach()) == pytest.approx(float(start.detach()), rel=1e-13)
        finally:
            module.fc1, module.fc2 = kept


def test_what_does_not_fit(data):
    first, second = nn.Linear(2, 3), nn.Linear(3, 1, bias=False)
    net = tepui.Network(np.ones((4, 3)), np.ones(4))
    hidden, out = tepui.linear_layers(net, first, second)
    assert hidden.out_features == 4 and out.bias is None and out.weight.dtype == torch.float64
    with pytest.raises(tepui.InvalidArgument, match="2 inputs and 1 outputs where the layers have 3"):
        tepui.linear_layers(tepui.Network(np.ones((4, 2)), np.ones(4)), first, second)
    with pytest.raises(tepui.Unsupported, match="output biases"):
        tepui.linear_layers(tepui.Network(np.ones((4, 3)), np.ones(4), b=[1.0]), first, second)
    with pytest.raises(tepui.InvalidArgument, match="3 outputs where second has 2"):
        tepui.gather_layer(first, nn.Linear(2, 1))
    with pytest.raises(tepui.InvalidArgument, match="not Tanh"):
        tepui.gather_layer(nn.Tanh(), second)
    with pytest.raises(tepui.InvalidArgument, match="nothing was gathered"):
        _ = tepui.gather_layer(first, second).h
    module = nn.Sequential(nn.Linear(2, 3), nn.GELU(), nn.Linear(3, 1))
    with pytest.raises(tepui.InvalidArgument, match="activation tanh where the module has gelu"):
        tepui.to_torch(tepui.Network(np.ones((4, 3)), np.ones(4), b=[0.0]), module)


def test_single_precision_weights_come_as_they_are():
    module = nn.Sequential(nn.Linear(2, 3), nn.SiLU(), nn.Linear(3, 2)).float()
    net = tepui.from_torch(module)
    assert net.W.dtype == np.float64 and np.array_equal(net.W[:, :2], module[0].weight.detach().numpy())
    back = tepui.to_torch(net, module)
    assert back[0].weight.dtype == torch.float32 and torch.equal(back[2].weight, module[2].weight)


def test_the_example_of_the_package_page(block):
    """It names a block, a model, batches and a loss."""
    module, _, loss = block
    page = pathlib.Path(__file__).resolve().parents[2] / "src" / "python" / "README.md"
    programs = re.findall(r"```python\n(.*?)```", page.read_text(), re.DOTALL)
    program = next(one for one in programs if "gather_layer" in one)
    kept = module.fc1, module.fc2
    parts = [slice(0, 12), slice(12, 30)]
    try:
        before = float(loss().detach())
        names = {"tepui": tepui, "block": module, "model": lambda part: part, "loss": lambda part, _: loss(part)}
        exec(program, names | {"batches": [(part, None) for part in parts]})
        assert module.fc1.out_features == 3 and float(loss().detach()) < before
    finally:
        module.fc1, module.fc2 = kept
