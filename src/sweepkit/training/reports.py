"""The files in which a person reads the verdict on a model."""

from collections.abc import Mapping
from pathlib import Path

from sweepkit.evaluation.figures import draw_figures
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.report import write_evaluation_json, write_report


def write_reports(judgement: Judgement, folder: Path, links: Mapping[str, str]) -> Path:
    """Draw figures and write the reports of a judgement.

    Args:
        judgement: What is shown.
        folder: Where to write; it is made.
        links: Title to address, for the reader.

    Returns:
        The report a person opens.

    Raises:
        DiskError: If a file cannot be written.
    """
    report = folder / "report.html"
    write_report(judgement, draw_figures(judgement, folder / "figures"), report, links)
    write_evaluation_json(judgement, folder / "evaluation_report.json")
    return report
