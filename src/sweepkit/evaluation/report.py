"""Write the report a person opens and the JSON file a program reads."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sweepkit.errors import DiskError
from sweepkit.evaluation import (
    report_classes,
    report_rows,
    report_slices,
    report_tiles,
    report_trust,
)
from sweepkit.evaluation.captions import caption_figure
from sweepkit.evaluation.files import write_file
from sweepkit.evaluation.headline import name_floor, write_headline
from sweepkit.evaluation.judgement import Judgement
from sweepkit.evaluation.page import inline_png, list_links, render_page
from sweepkit.evaluation.summary import describe

TEMPLATE = Path(__file__).with_name("report.html.j2")
NO_LINKS: Mapping[str, str] = MappingProxyType({})


def write_report(
    judgement: Judgement,
    figures: Mapping[str, Path],
    path: Path,
    links: Mapping[str, str] = NO_LINKS,
) -> None:
    """Write one HTML file that needs nothing else: no network, script or image file.

    Args:
        judgement: What the report is about.
        figures: Name of each figure to its PNG file, as `draw_figures` returns them.
        path: The file to write; missing folders are made.
        links: Label to address, such as the run in MLflow. Only `http`, `https` and
            `file` addresses can be followed; all else is shown as text.

    Raises:
        DiskError: If a figure cannot be read or the report cannot be written.
    """
    shown = _inline(judgement, figures)
    page = render_page(
        TEMPLATE,
        judgement=judgement,
        headline=write_headline(judgement),
        verdict=report_tiles.list_verdict(judgement),
        tiles=report_tiles.list_tiles(judgement),
        scores=report_rows.list_scores(judgement),
        floor=name_floor(judgement),
        **_list_class_tables(judgement),
        folds=report_rows.list_folds(judgement),
        figures=[figure for figure in shown if figure["name"] != "contributions"],
        driving=[figure for figure in shown if figure["name"] == "contributions"],
        drivers=report_trust.list_drivers(judgement),
        coverage=report_trust.list_coverage(judgement),
        importance=report_rows.list_importance(judgement),
        slices=report_slices.list_slices(judgement),
        facts=report_rows.list_facts(judgement),
        links=list_links(links),
    )
    write_file(path, page)


def write_evaluation_json(judgement: Judgement, path: Path) -> None:
    """Write every number of the report as strict JSON, always in the same order.

    Scores carry the names they have in MLflow (`cv_rmse`, `holdout_r2`); what has no
    finite value is left out.

    Raises:
        DiskError: If the file cannot be written.
    """
    text = json.dumps(
        describe(judgement), indent=2, ensure_ascii=False, allow_nan=False
    )
    write_file(path, f"{text}\n".encode())


def _list_class_tables(judgement: Judgement) -> dict[str, Any]:
    if not judgement.task.has_classes:
        return {"classes": None, "confusions": None}
    return {
        "classes": report_classes.list_classes(judgement),
        "confusions": report_classes.list_confusions(judgement),
    }


def _inline(judgement: Judgement, figures: Mapping[str, Path]) -> list[dict[str, Any]]:
    """Turn each PNG into a data address, with its caption and text alternative."""
    shown: list[dict[str, Any]] = []
    for name, path in figures.items():
        try:
            content = path.read_bytes()
        except OSError as error:
            raise DiskError(
                f"Cannot read the figure {path} for the report: "
                f"{error.strerror or error}. Draw the figures again."
            ) from error
        shown.append(
            {"name": name} | inline_png(content) | caption_figure(judgement, name)
        )
    return shown
