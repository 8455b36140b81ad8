"""Problems that several tests ask about."""

import csv
import pathlib

import numpy as np
import pytest
import tepui

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


def columns(file, *names):
    """Columns of a table of tests/data, as numbers where they are."""
    with (DATA / file).open() as lines:
        rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    table = np.array([[row[name] for name in names] for row in rows])
    try:
        return table.astype(float)
    except ValueError:
        return table


@pytest.fixture(scope="session")
def diabetes():
    """Two gelu neurons on body mass index and progression."""
    table = columns("diabetes.csv", "bmi", "progression")
    return tepui.Problem(table[:, 0], table[:, 1], "gelu", standardize=True)


@pytest.fixture(scope="session")
def diabetes_fits(diabetes):
    return diabetes.solve(width=2)


@pytest.fixture(scope="session")
def iris():
    """Flowers in three classes, with weight decay."""
    flowers = columns("iris.csv", "sepal_length", "sepal_width", "petal_length", "petal_width")
    species = columns("iris.csv", "species")[:, 0]
    return tepui.Problem(flowers, species, output_bias=True, loss="softmax", weight_decay=0.1, standardize=True)


@pytest.fixture(scope="session")
def linnerud():
    """Three outputs."""
    exercise = columns("linnerud.csv", "chins", "situps", "jumps")
    body = columns("linnerud.csv", "weight", "waist", "pulse")
    return tepui.Problem(exercise, body, output_bias=True, standardize=True)
