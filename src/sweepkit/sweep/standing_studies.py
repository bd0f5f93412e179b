"""What the studies of a database know, without opening any of them for work."""

from sweepkit.sweep.memory import OUTCOME, decode_outcome
from sweepkit.sweep.outcome import Outcome
from sweepkit.sweep.storage import guard, open_storage, sqlite_file

Outcomes = tuple[Outcome, ...]


def read_outcomes(url: str) -> dict[str, Outcomes]:
    """Return the ended trials of every study by the study's name.

    Args:
        url: URL of the studies' database; a sqlite file that is not there has none.

    Raises:
        StoreError: If the database cannot be read.
    """
    file = sqlite_file(url)
    if file is not None and not file.exists():
        return {}
    storage = open_storage(url)
    with guard(url):
        return {
            study.study_name: tuple(
                decode_outcome(trial.user_attrs[OUTCOME])
                for trial in storage.get_all_trials(study._study_id, deepcopy=False)
                if OUTCOME in trial.user_attrs
            )
            for study in storage.get_all_studies()
        }
