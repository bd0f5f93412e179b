"""A job's folder is the one OmegaConf would resolve."""

import pytest
from hydra.core.utils import setup_globals
from omegaconf import OmegaConf

from sweepkit.sweep.job_folder import spell_out

TEXTS = {
    "runs/${now:%Y-%m-%d}/${now:%H-%M-%S-%f}": True,
    "${hydra.job.num}": True,
    "a ${hydra.job.num}/${hydra.job.num}b": True,
    "plain": True,
    "${now:'%f'}": False,
    "${x}": False,
    "${hydra.job.${y}}": False,
    "\\${x}": False,
    None: False,
}


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_spelled_out_is_what_would_be_resolved(text):
    """Files in a folder nobody looks into are lost."""
    setup_globals()
    sweep = {"dir": text}
    whole = OmegaConf.create(
        {"x": 1, "y": "num", "hydra": {"sweep": sweep, "job": {"num": 7}}}
    )
    resolved = str(whole.hydra.sweep.dir)
    assert spell_out(whole, "dir") == (resolved if TEXTS[text] else None)


def test_a_moment_nobody_has_looked_at_is_not_guessed():
    """The next who asks must get the same one."""
    setup_globals()
    whole = OmegaConf.create(
        {"hydra": {"sweep": {"dir": "${now:%f}"}, "job": {"num": 7}}}
    )
    assert spell_out(whole, "dir") is None
