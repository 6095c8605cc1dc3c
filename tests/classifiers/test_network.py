"""The network of the heads says what scikit-learn's would, alone, on average and out of a file (4.3)."""

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier

from classifiers.head_training import _fit
from classifiers.heads.network import Network, mean_of
from classifiers.training import Truth

DICE = np.random.default_rng(7)
ROWS = DICE.normal(size=(4_000, 6)).astype(np.float32)
TABLE = np.column_stack([ROWS[:, 0] * ROWS[:, 1] > 0, ROWS[:, 2] > 0.5])
TRUTH = Truth(("goodwill",), TABLE, np.ones_like(TABLE), np.ones(len(TABLE)))


def test_it_says_what_scikit_learn_says() -> None:
    model = MLPClassifier((4,), max_iter=30, tol=1.0, n_iter_no_change=2, random_state=0).fit(ROWS, TABLE.astype(int))
    arrays = dict(zip(("inner", "outer"), model.coefs_, strict=True))
    arrays |= dict(zip(("inner_bias", "outer_bias"), model.intercepts_, strict=True))
    chances = 1 / (1 + np.exp(-Network.of(arrays).weigh(ROWS)))
    np.testing.assert_allclose(chances, model.predict_proba(ROWS), atol=1e-5)


def test_it_learns_what_no_straight_line_tells() -> None:
    """The first topic is where two numbers have one sign."""
    network = _fit(ROWS * 3, TRUTH)
    assert ((network.weigh(ROWS * 3)[:, 0] > 0) == TABLE[:, 0]).mean() > 0.9


def test_the_mean_of_several_is_one_that_says_their_mean() -> None:
    networks = [Network(*(DICE.normal(size=size) for size in ((6, 4), 4, (4, 2), 2))) for _ in range(3)]
    np.testing.assert_allclose(
        mean_of(networks).weigh(ROWS), np.mean([one.weigh(ROWS) for one in networks], axis=0), rtol=1e-4, atol=1e-4
    )
    assert mean_of(networks).sizes == (6, 2)


def test_training_again_gives_the_same(recwarn: pytest.WarningsRecorder) -> None:
    one, other = _fit(ROWS, TRUTH), _fit(ROWS, TRUTH)
    np.testing.assert_array_equal(one.weigh(ROWS), other.weigh(ROWS))
    assert not recwarn.list


def test_layers_that_do_not_fit_are_refused_se_15() -> None:
    arrays = Network(*(np.zeros(size, np.float32) for size in ((6, 4), 4, (4, 2), 2))).arrays()
    for name in arrays:
        with pytest.raises(ValueError, match="layers"):
            Network.of({**arrays, name: np.zeros((3, 3, 3))})
    with pytest.raises(KeyError):
        Network.of({name: array for name, array in arrays.items() if name != "inner"})
