"""A linear programme over the equations of a table, kept warm between questions. HiGHS does the work."""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

Row = tuple[Sequence[int], Sequence[float]]
Vector = NDArray[np.float64]
TOLERANCE = 1e-6


class NoAnswer(Exception):
    """The solver found none, or not in its time."""


class Programme:
    """Columns with bounds and rows that hold between them; asked for the least or the most of a column, or of costs."""

    def __init__(
        self,
        lower: Vector,
        upper: Vector,
        rows: Sequence[Row],
        row_lower: Sequence[float],
        row_upper: Sequence[float],
        *,
        costs: Vector | None = None,
        whole: bool = False,
    ) -> None:
        self.columns = len(lower)
        self._index = np.arange(self.columns, dtype=np.int32)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = self.columns, len(rows)
        lp.col_cost_ = np.zeros(self.columns) if costs is None else costs
        lp.col_lower_, lp.col_upper_ = lower, upper
        lp.row_lower_, lp.row_upper_ = np.asarray(row_lower, float), np.asarray(row_upper, float)
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.cumsum([0, *(len(index) for index, _values in rows)]).astype(np.int32)
        lp.a_matrix_.index_ = np.array([one for index, _values in rows for one in index], dtype=np.int32)
        lp.a_matrix_.value_ = np.array([one for _index, values in rows for one in values], dtype=float)
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * self.columns
        self._highs = highspy.Highs()  # type: ignore[no-untyped-call]
        self._highs.setOptionValue("output_flag", False)
        self._highs.setOptionValue("threads", 1)
        self._highs.passModel(lp)

    def limit(self, seconds: float) -> None:
        """At most so long for one answer."""
        self._highs.setOptionValue("time_limit", max(seconds, 0.1))

    def bound(self, lower: Vector, upper: Vector) -> None:
        """Other bounds for all columns."""
        self._highs.changeColsBounds(self.columns, self._index, lower, upper)

    def also(self, row: Row, least: float) -> None:
        """One row more: at least so much."""
        index, values = row
        self._highs.addRow(least, highspy.kHighsInf, len(index), np.asarray(index, np.int32), np.asarray(values, float))

    def furthest(self, column: int, *, up: bool) -> tuple[float, Vector]:
        """How far a column can go up, or down; and what each column's bound is worth to it (its reduced cost)."""
        self._highs.changeColCost(column, -1.0 if up else 1.0)
        try:
            value, _at, worth = self._run()
        finally:
            self._highs.changeColCost(column, 0.0)
        return (-value if up else value), worth

    def cheapest(self, costs: Vector | None = None) -> Vector:
        """The columns at the least cost."""
        if costs is not None:
            self._highs.changeColsCost(self.columns, self._index, costs)
        return self._run()[1]

    def is_whole(self) -> bool:
        """Whether the last answer is one of whole numbers."""
        at = np.asarray(self._highs.getSolution().col_value)
        return bool((np.abs(at - np.round(at)) < 1e-6).all())

    def _run(self) -> tuple[float, Vector, Vector]:
        self._highs.run()
        if self._highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise NoAnswer(str(self._highs.modelStatusToString(self._highs.getModelStatus())))
        solution = self._highs.getSolution()
        value = float(self._highs.getInfo().objective_function_value)
        return value, np.asarray(solution.col_value), np.asarray(solution.col_dual)
