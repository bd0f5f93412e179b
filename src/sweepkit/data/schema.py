"""Declare what each column of a table is, and hold later tables to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sweepkit.data.checks import check_shape, read_target, refuse_constant
from sweepkit.data.conform import CONVERSIONS, refuse_first
from sweepkit.data.inference import infer_task
from sweepkit.data.lookup import require_column
from sweepkit.data.roles import FEATURE_ROLES, Role, choose_role
from sweepkit.data.target import encode, list_classes
from sweepkit.errors import DataError
from sweepkit.tasks import Label, Task


@dataclass(frozen=True, slots=True)
class TableSchema:
    """The columns of a table and what each is for.

    Attributes:
        target: Name of the column to predict.
        roles: Role of every column, the target's too, in table order.
        blanks: Columns in which values were missing, in table order.
        task: What the target poses.
        classes: Labels in the order of their codes, the positive one of two last;
            empty in a regression.
    """

    target: str
    roles: Mapping[str, Role]
    blanks: tuple[str, ...] = ()
    task: Task = Task.REGRESSION
    classes: tuple[Label, ...] = ()

    @property
    def features(self) -> list[str]:
        """Columns a model learns from, in table order."""
        return [name for name, role in self.roles.items() if role in FEATURE_ROLES]

    def columns_of(self, role: Role) -> list[str]:
        """Return the columns with this role, in table order."""
        return [name for name, its_role in self.roles.items() if its_role == role]

    def conform(
        self, table: pd.DataFrame, rows: NDArray[np.intp] | None = None
    ) -> pd.DataFrame:
        """Pick the features of a table and give each the one type of its role.

        Numeric columns become float64, categorical ones `str`, dates datetime64[ns],
        each with its own missing value. A boolean column becomes `bool`; one that had
        blanks when the schema was made becomes the text "true" and "false" instead,
        so that its type does not hang on the rows at hand.

        Args:
            table: Shape (n_rows, n_columns); columns that are no features may be
                absent, and others present.
            rows: Positions of the only rows to take, one column after another, so
                that of a large table no second copy is made; None takes all.

        Returns:
            Shape (n_rows, n_features), columns in the order of `features`, the index
            of `table`.

        Raises:
            DataError: If a feature is absent or a value does not fit its role.
        """
        for name in self.features:
            require_column(name, table.columns, key="data.path")
        taken = slice(None) if rows is None else rows
        index = table.index[taken]
        columns = {
            # All with one index: one of its own each would weigh as much as numbers.
            name: self._convert(table[name].iloc[taken]).set_axis(index)
            for name in self.features
        }
        # A copy would only put columns of one type side by side.
        return pd.DataFrame(columns, index=index, copy=False)

    def target_values(self, table: pd.DataFrame) -> NDArray[np.float64]:
        """Return the target of every row, shape (n_rows,), in its own unit.

        Of classes these are the codes: the positions of the labels in `classes`.

        Raises:
            DataError: If it is absent, blank, or no finite number or no known label.
        """
        require_column(self.target, table.columns, key="data.target")
        if self.task.has_classes:
            return encode(table[self.target], self.classes)
        return read_target(table[self.target])

    def strata(self, table: pd.DataFrame) -> NDArray[np.float64] | None:
        """Return a number for each row's class, shape (n_rows,); None for a regression.

        Unlike codes they do not hang on which of two labels is the positive one, and
        neither must the rows that are held out.

        Raises:
            DataError: If the target is absent or blank, or has an unknown label.
        """
        if not self.task.has_classes:
            return None
        return encode(table[self.target], tuple(sorted(self.classes)))

    def to_dict(self) -> dict[str, Any]:
        """Return a form that survives JSON, order included."""
        columns = [
            {"name": name, "role": str(role), "has_blanks": name in self.blanks}
            for name, role in self.roles.items()
        ]
        return {
            "target": self.target,
            "task": str(self.task),
            "classes": list(self.classes),
            "columns": columns,
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Self:
        """Rebuild a schema from `to_dict`."""
        columns = saved["columns"]
        return cls(
            target=saved["target"],
            roles={column["name"]: Role(column["role"]) for column in columns},
            blanks=tuple(c["name"] for c in columns if c["has_blanks"]),
            task=Task(saved.get("task", Task.REGRESSION)),
            classes=tuple(saved.get("classes", ())),
        )

    def _convert(self, column: pd.Series) -> pd.Series:
        role = self.roles[str(column.name)]
        converted = CONVERSIONS[role](column)
        if role != Role.BOOLEAN or column.name in self.blanks:
            return converted
        refuse_first(
            column, converted.isna(), "yes or no is needed as in all rows before"
        )
        return converted == "true"


def infer_schema(
    table: pd.DataFrame,
    *,
    target: str,
    overrides: Mapping[str, str],
    task: Task | None = None,
    positive: Label | None = None,
) -> TableSchema:
    """Infer the role of every column and check that a model can be fitted.

    Args:
        table: All rows, shape (n_rows, n_columns).
        target: Column to predict.
        overrides: Roles a person chose, by column; they win over what is inferred.
        task: What the target poses; None infers it.
        positive: Of two labels the one that is looked for; None takes the last.

    Raises:
        DataError: If the target or a chosen role is unusable, a column fits no role,
            no feature or fewer than 20 rows are left, or a value does not convert.
    """
    check_shape(table)
    require_column(target, table.columns, key="data.target")
    task = task or infer_task(table[target]).task
    classes = _check_target(table[target], task, positive)
    _check_overrides(table, target, overrides)
    roles = {
        str(name): Role.TARGET if name == target else choose_role(column, overrides)
        for name, column in table.items()
    }
    blanks = tuple(str(name) for name, column in table.items() if column.hasnans)
    schema = TableSchema(target, roles, blanks, task, classes)
    if not schema.features:
        dropped = ", ".join(f"{n} is {r}" for n, r in roles.items() if n != target)
        raise DataError(
            f"No column is left to learn from ({dropped or 'only the target'}). Give "
            f"one another role with `+data.roles.<column>=categorical`."
        )
    for name in schema.features:
        schema._convert(
            table[name]
        )  # a role that does not fit fails here, not in a fold
    return schema


def _check_target(
    column: pd.Series, task: Task, positive: Label | None
) -> tuple[Label, ...]:
    if task.has_classes:
        return list_classes(column, task, positive)
    refuse_constant(str(column.name), read_target(column))
    return ()


def _check_overrides(
    table: pd.DataFrame, target: str, overrides: Mapping[str, str]
) -> None:
    for name in overrides:
        require_column(name, table.columns, key=f"data.roles.{name}")
    if target in overrides:
        raise DataError(
            f"data.roles.{target} gives a role to the target. Remove it, or change "
            f"`data.target`."
        )
