"""Hidden cells: as few as it takes, and none that an attacker can work out from what is published."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from xenia.insight.release import auditing, cell_keys, suppressing, systems, tables

WIDE = ((21, 9), (15, 9), (7, 5, 3))


def world(shape: tuple[int, ...], seed: int) -> tables.Counts:
    """Refusals as they are: few cells with many, many with few."""
    chance = np.random.default_rng(seed)
    expected = np.multiply.outer(chance.pareto(1.0, shape[0]) * 8 + 1, chance.pareto(1.2, shape[1]) * 2 + 0.5)
    if len(shape) == 3:
        expected = expected[..., None] * np.array([0.5, 0.4, 0.05])
    return tables.with_totals(chance.poisson(expected))


def spread(counts: tables.Counts, hidden: tables.Mask, only: tables.Mask) -> list[tuple[int, auditing.Bounds]]:
    return [(int(counts.ravel()[one.place]), one) for one in auditing.bounds(counts, hidden, only)]


@pytest.mark.parametrize("shape", WIDE)
@pytest.mark.parametrize("seed", range(2))
def test_no_cell_under_the_threshold_can_be_worked_out(shape: tuple[int, ...], seed: int) -> None:
    counts = world(shape, seed)
    choice = suppressing.choose(counts, 5, 2)
    assert choice.primary.sum() > 3 and not (choice.primary & ~choice.hidden).any()
    for count, one in spread(counts, choice.hidden, choice.primary):
        assert not one.exact
        assert one.most >= 5 - 1e-6


def test_hiding_only_the_small_cells_betrays_them() -> None:
    """The attack that the method is for; if this finds nothing, the audit proves nothing."""
    counts = world((21, 9), 1)
    primary = systems.under(counts, 5)
    found = [count for count, one in spread(counts, primary, primary) if one.exact]
    assert len(found) >= 3 and max(found) < 5


def test_the_audit_never_looks_at_what_is_hidden() -> None:
    counts = world((7, 5, 3), 2)
    choice = suppressing.choose(counts, 5, 2)
    scrambled = np.where(choice.hidden, 987_654, counts)
    assert auditing.bounds(scrambled, choice.hidden) == auditing.bounds(counts, choice.hidden)


@pytest.mark.parametrize("seed", range(6))
def test_no_smaller_choice_would_do(seed: int) -> None:
    chance = np.random.default_rng(seed)
    counts = tables.with_totals(chance.poisson(chance.pareto(1.0, (2, 3)) * 3 + 1))
    choice = suppressing.choose(counts, 5, 2)
    assert choice.best
    system = suppressing.reachable(systems.of_table(counts, 5))
    cost = suppressing.Attack(system)
    low, high = (
        dict(zip(np.flatnonzero(counts).tolist(), one.tolist(), strict=True)) for one in (system.down, system.up)
    )
    price = dict(zip(np.flatnonzero(counts).tolist(), cost.costs.tolist(), strict=True))
    paid = sum(price[int(cell)] for cell in np.flatnonzero(choice.hidden.ravel()))
    free = [cell for cell in price if not choice.primary.ravel()[cell]]
    for more in product((False, True), repeat=len(free)):
        hidden = choice.primary.copy().ravel()
        hidden[[cell for cell, one in zip(free, more, strict=True) if one]] = True
        if sum(price[int(cell)] for cell in np.flatnonzero(hidden)) >= paid - 1e-6:
            continue
        bounds = spread(counts, hidden.reshape(counts.shape), choice.primary)
        holds = [
            one.least <= count - low[one.place] + 1e-6 and one.most >= count + high[one.place] - 1e-6
            for count, one in bounds
        ]
        assert not all(holds)


def test_a_choice_found_cell_by_cell_holds_too() -> None:
    counts = world((15, 9), 4)
    attack = suppressing.Attack(suppressing.reachable(systems.of_table(counts, 5)))
    hidden = np.zeros(counts.size, dtype=bool)
    hidden[np.flatnonzero(counts)[attack.good()]] = True
    primary = systems.under(counts, 5)
    for count, one in spread(counts, hidden.reshape(counts.shape), primary):
        assert one.most >= count + systems.room(count, 5)[1] - 1e-6


def test_a_table_without_small_cells_is_published_whole() -> None:
    choice = suppressing.choose(tables.with_totals(np.array([[7, 0], [12, 9]])), 5)
    assert not choice.hidden.any()


def test_totals_that_are_no_sums_are_refused() -> None:
    counts = tables.with_totals(np.array([[7, 1], [12, 9]]))
    counts[-1, -1] += 1
    with pytest.raises(ValueError, match="sums"):
        suppressing.choose(counts, 5, 2)


def test_noise_is_nothing_on_average_stays_within_its_bound_and_leaves_zeros() -> None:
    noise = cell_keys.table().astype(float)
    assert noise.shape == (5, 65_536) and not noise[0].any()
    for count in range(1, 5):
        assert noise[count].min() == -min(count, 4) and noise[count].max() == 4
        assert abs(noise[count].mean()) < 1e-3
    assert noise[4].var() == pytest.approx(4.6, abs=0.01)
    keys = np.arange(65_536)
    assert (cell_keys.noisy(np.full(65_536, 1), keys) >= 0).all()


def test_the_same_cell_has_the_same_noise_and_others_have_others() -> None:
    counts, keys = np.full(1000, 40), np.arange(1000) * 7919
    first = cell_keys.noisy(counts, keys)
    assert (first == cell_keys.noisy(counts, keys)).all() and len(set(first.tolist())) == 9


def test_counts_are_rounded_to_five_with_halves_up() -> None:
    assert cell_keys.rounded(np.arange(13)).tolist() == [0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10, 10, 10]
