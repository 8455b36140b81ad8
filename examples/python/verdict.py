"""Fits one tanh neuron to a sine, then asks what splitting it in two does."""
import numpy as np
import tepui

x = -2.0 + 0.08 * np.arange(50)
problem = tepui.Problem(x, np.sin(x), activation="tanh", bias=False)
point = problem.classify(problem.solve(width=1)[0].network)
print(f"loss {point.loss:.6f}: {point.verdict}")
for gamma in ([0.4, 0.6], [1.5, -0.5]):
    split = point.split(0, gamma)
    print(f"gamma {gamma}: {split.verdict}, Morse index {split.morse_index}")
