"""Write the page a person opens when a sweep is over."""

from pathlib import Path
from typing import TYPE_CHECKING

from sweepkit.evaluation.files import write_file
from sweepkit.evaluation.page import list_links, render_page
from sweepkit.sweep import report_rows, report_words
from sweepkit.sweep.outcome import SweepResult
from sweepkit.sweep.report_figures import draw_figures
from sweepkit.sweep.report_importances import measure_importances
from sweepkit.sweep.report_points import collect_points
from sweepkit.sweep.wording import write_command

if TYPE_CHECKING:
    from optuna.study import Study

TEMPLATE = Path(__file__).with_name("report.html.j2")


def write_sweep_report(study: "Study", result: SweepResult, path: Path) -> None:
    """Write one HTML file that needs nothing else: no network, script or image file.

    Args:
        study: Where the trials were asked and told; it knows their distributions and
            what they reported between.
        result: What came of the sweep. Facts that are web addresses become links.
        path: The file to write; missing folders are made. The same study and result
            give the same bytes.

    Raises:
        DiskError: If the report cannot be written.
    """
    points = collect_points(study, result, measure_importances(study))
    links = {k: v for k, v in result.facts.items() if report_rows.is_link(v)}
    page = render_page(
        TEMPLATE,
        name=result.plan.name,
        headline=report_words.write_headline(result),
        lede=report_words.write_lede(result),
        verdict=report_words.list_verdict(result),
        tiles=report_words.list_tiles(result),
        command=write_command(result.best) if result.best else "",
        figures=draw_figures(points),
        space=report_rows.list_space(result),
        trials=report_rows.list_trials(result),
        failures=report_rows.list_failures(result),
        facts=report_rows.list_facts(result),
        links=list_links(links),
    )
    write_file(path, page)
