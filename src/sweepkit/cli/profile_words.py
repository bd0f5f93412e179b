"""A profile in words, for terminal and page alike."""

from dataclasses import dataclass

from sweepkit.data.described import ColumnReport, Point
from sweepkit.data.joining import join_alike
from sweepkit.data.problem import Problem, write_share
from sweepkit.data.problems import keep_told
from sweepkit.data.roles import Role
from sweepkit.data.table_report import TableReport
from sweepkit.sweep.wording import plain

SIGNS = {
    "rank correlation": "\N{GREEK SMALL LETTER RHO}",
    "correlation ratio": "\N{GREEK SMALL LETTER ETA}",
    "ROC AUC": "AUC",
    "Cramer's V": "V",
}
_LARGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A table's description with what was typed for it.

    Attributes:
        report: What the table is like.
        name: What it is called.
        unit: The target's unit; empty if unknown.
        accept: Kinds of problems that were told to be no obstacle.
        words: Overrides it was read with.
    """

    report: TableReport
    name: str
    unit: str = ""
    accept: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    @property
    def stops(self) -> list[Problem]:
        """Problems that would stop a sweep, accepted ones too."""
        return [p for p in self.report.problems if p.severity == "stop"]

    @property
    def told(self) -> list[Problem]:
        """Problems worth telling; those that many columns have are told once."""
        return join_alike(keep_told(self.report.problems, self.accept))


def write_verdict(shown: Shown) -> str:
    """Say in one sentence whether a sweep would begin."""
    stops = [p for p in shown.stops if p.kind not in shown.accept]
    n_warnings = len(shown.told) - len(shown.stops)
    warnings = f"{n_warnings} warning{'s' * (n_warnings != 1)}"
    if stops:
        found = "1 problem stops" if len(stops) == 1 else f"{len(stops)} problems stop"
        return f"{found} a sweep; {warnings} besides."
    if shown.stops:
        return (
            f"A sweep goes on, as {', '.join(shown.accept)} was accepted; {warnings}."
        )
    return f"Nothing stops a sweep; {warnings if n_warnings else 'no warnings'}."


def write_rows(shown: Shown) -> str:
    """Say how many rows and columns there are."""
    report = shown.report
    text = f"{report.n_rows:,} rows, {len(report.features)} columns to learn from"
    if report.left_out:
        text += f", {len(report.left_out)} left out"
    if report.n_examined < report.n_rows:
        text += f" (described by {report.n_examined:,} of the rows)"
    return text


def write_target(shown: Shown) -> str:
    """Say what is predicted."""
    target, task = shown.report.target, shown.report.task
    if not task.has_classes:
        unit = f" {shown.unit}" if shown.unit else ""
        return f"{task}, {write_content(target)}{unit}"
    return f"{task}, {len(shown.report.classes)} labels: {write_content(target)}"


def write_content(column: ColumnReport) -> str:
    """Return what a column holds: its span, or its commonest values."""
    if column.top:
        parts = [f"{plain(value)} {write_share(n)}" for value, n in column.top]
        return ", ".join(parts) + (", …" if column.n_distinct > len(column.top) else "")
    if column.low is None:
        return ""
    low, middle, high = map(write_point, (column.low, column.middle, column.high))
    return f"{low} to {high}, median {middle}"


def write_short(column: ColumnReport) -> str:
    """Return the same in less room, for a line on the terminal."""
    if column.low is None:
        return write_content(column)
    if column.role == Role.DATE:
        return f"{write_point(column.low)} to {write_point(column.high)}"
    return ", ".join(map(write_point, (column.low, column.middle, column.high)))


def write_point(point: Point | None) -> str:
    """Return a number or date as short as it can be told."""
    if isinstance(point, str):
        return point.replace("T", " ")
    if point is None:
        return ""
    if float(point).is_integer() and abs(point) < _LARGE:
        return f"{point:.0f}"  # a year is no 2,024
    return f"{point:,.0f}" if _LARGE <= abs(point) < 1e12 else f"{point:.4g}"


def write_relation(column: ColumnReport) -> str:
    """Return the measure's sign and value, with two decimals."""
    if column.relation is None:
        return ""
    value = column.relation.value
    signed = column.relation.measure == "rank correlation"
    text = f"{value:+.2f}" if signed else f"{value:.2f}"
    sign = SIGNS[column.relation.measure]
    return f"{sign} {text}".replace("-", "\N{MINUS SIGN}")
