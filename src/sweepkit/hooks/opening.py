"""The beginning of a sweep's record, whichever process it is opened in."""

from pathlib import Path

from omegaconf import DictConfig

from sweepkit.hooks.parent import find_children, open_parent
from sweepkit.hooks.record import SweepRecord
from sweepkit.sweep.outcome import SweepPlan
from sweepkit.tracking import OpenStore, Store, open_store
from sweepkit.tracking.origin import describe_origin
from sweepkit.training.settings import resolve


def open_record(
    config: DictConfig, sweep: DictConfig, plan: SweepPlan, sweep_id: str
) -> SweepRecord:
    """Open the store and the run that stands for the sweep.

    Args:
        config: A configuration that says where to record.
        sweep: That of the whole sweep, which is kept with the run.
        plan: What the sweep sets out to do.
        sweep_id: Identity of a sweep without a study.

    Raises:
        SweepkitError: If the store cannot be reached or written.
    """
    store = open_configured(config)
    origin = describe_origin(Path.cwd())
    run = open_parent(store, plan, sweep_id, config=sweep, origin=origin)
    record = SweepRecord(store, plan, run, origin)
    if plan.name:
        record.reconcile(plan.earlier)
    else:
        # Other processes may have recorded jobs of a plain sweep before.
        record.recall(find_children(store, run.run_id))
    return record


def open_configured(config: DictConfig) -> OpenStore:
    """Open the store that a configuration names."""
    return open_store(Store(**resolve(config.tracking)))
