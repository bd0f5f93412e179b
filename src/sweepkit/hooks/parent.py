"""The run that stands for a whole sweep: begun, or gone on with when it is resumed."""

from collections.abc import Mapping

from omegaconf import DictConfig, OmegaConf, open_dict

from sweepkit.hooks.trial_run import PARENT, ROLE, STUDY, TRIAL
from sweepkit.sweep.outcome import SweepPlan
from sweepkit.tracking import redact
from sweepkit.tracking.existing import RecordedRun, find_runs, reopen_run
from sweepkit.tracking.owner import OWNER
from sweepkit.tracking.params import clean_key, cut
from sweepkit.tracking.recording import MlflowRun
from sweepkit.tracking.store import OpenStore

# Tells plain Hydra sweeps, which have no study, from each other.
SWEEP = "sweep.id"
_MAX_NAME = 60
Children = dict[int, list[RecordedRun]]


def open_parent(
    store: OpenStore,
    plan: SweepPlan,
    sweep_id: str,
    *,
    config: DictConfig,
    origin: Mapping[str, str],
) -> MlflowRun:
    """Return the sweep's run, the one of earlier sessions if there is one.

    Args:
        store: An opened store.
        plan: What the sweep sets out to do.
        sweep_id: Identity of a sweep without a study.
        config: The configuration of the whole sweep.
        origin: Tags that say who and what started it.

    Raises:
        StoreError: If the store fails.
    """
    identity = {STUDY: plan.name} if plan.name else {SWEEP: sweep_id}
    # Workers of a plain sweep may come here at the same time.
    with store.lock():
        earlier = _find_earlier(store, plan, {ROLE: "sweep", **identity})
        if earlier is None:
            with store.guard():
                begun = store.client.create_run(
                    store.experiment_id,
                    run_name=cut(_name(plan), _MAX_NAME),
                    tags={**origin, ROLE: "sweep", **identity},
                )
            run = MlflowRun(store, begun.info.run_id)
        else:
            run = MlflowRun(store, earlier.run_id)
            if earlier.status != "RUNNING":
                reopen_run(store, earlier.run_id)
            # Its first process is gone, and a run without a living owner gets ended.
            run.set_tags({key: origin[key] for key in origin if key == OWNER})
    if earlier is None or plan.name:
        _log_config(run, config)
        _describe(run, plan, {} if earlier is None else earlier.params)
    return run


def find_parent(store: OpenStore, sweep_id: str) -> str:
    """Return the run id of a plain sweep; empty if no job of it has ended."""
    found = find_runs(store, {ROLE: "sweep", SWEEP: sweep_id})
    return found[0].run_id if found else ""


def find_children(store: OpenStore, parent_id: str) -> Children:
    """Return the runs of a sweep's trials by the trials' numbers, oldest first.

    Raises:
        StoreError: If the store cannot be read.
    """
    children: Children = {}
    for run in find_runs(store, {ROLE: "trial", PARENT: parent_id}):
        children.setdefault(int(run.tags[TRIAL]), []).append(run)
    return children


def _find_earlier(
    store: OpenStore, plan: SweepPlan, tags: Mapping[str, str]
) -> RecordedRun | None:
    """Return the newest run of this sweep.

    A study whose storage was deleted begins anew under the same name. Its old run has
    trials that the new study does not know, and is left as it is.
    """
    known = {outcome.number for outcome in plan.earlier}
    for run in reversed(find_runs(store, tags)):
        if not plan.name:
            return run
        children = find_children(store, run.run_id)
        ended = {n for n, runs in children.items() if any(map(_is_ended, runs))}
        if ended <= known:
            return run
    return None


def _is_ended(run: RecordedRun) -> bool:
    return run.status != "RUNNING"


def _log_config(run: MlflowRun, config: DictConfig) -> None:
    """Keep the sweep's configuration, but for Hydra's part and the store's address."""
    with open_dict(config):
        kept = OmegaConf.masked_copy(
            config, [str(key) for key in config if key not in ("hydra", "tracking")]
        )
    run.log_text(redact(OmegaConf.to_yaml(kept)), "config.yaml")


def _describe(run: MlflowRun, plan: SweepPlan, recorded: Mapping[str, str]) -> None:
    space = {clean_key(f"space.{key}"): words for key, words in plan.space.items()}
    # MLflow refuses to change a parameter, so a resumed sweep adds what is missing.
    run.log_params({key: space[key] for key in space if key not in recorded})
    facts: dict[str, object] = {
        "sweep.objectives": ", ".join(plan.objectives),
        "sweep.n_workers": plan.n_workers,
    }
    if plan.n_trials is not None:
        facts["sweep.n_trials"] = plan.n_trials
    if plan.budget_s is not None:
        facts["sweep.time_budget"] = plan.budget_s
    if plan.storage:
        facts["sweep.storage"] = plan.storage
    run.set_tags(facts)


def _name(plan: SweepPlan) -> str:
    return plan.name or f"sweep of {', '.join(plan.space)}"
