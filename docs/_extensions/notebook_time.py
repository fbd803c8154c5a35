"""Report how long each notebook took, and fail the build if one is slow.

`nb_execution_timeout` limits each cell. `notebook_time_limit` limits the whole
notebook, because every build of the documentation waits for it.
"""

from myst_nb.sphinx_ import NbMetadataCollector
from sphinx.util import logging

logger = logging.getLogger(__name__)


def notebook_seconds(env):
    """Return the seconds of each notebook that ran, by the name of its page."""
    ran = {page: NbMetadataCollector.get_exec_data(env, page) for page in env.all_docs}
    return {
        page: data["runtime"]
        for page, data in sorted(ran.items())
        if data and data["runtime"] is not None
    }


def check_times(app, env):
    """Print the time of each notebook, also with -q; warn of those over the limit."""
    limit = app.config.notebook_time_limit
    for page, seconds in notebook_seconds(env).items():
        print(f"notebook {page}: {seconds:.1f} s of {limit} s")
        if seconds > limit:
            logger.warning(
                "the notebook took %.0f s, expected at most %d s: train on less text "
                "or for fewer epochs",
                seconds,
                limit,
                location=page,
            )


def setup(app):
    """Check after all pages are read: notebooks run while their page is read."""
    app.add_config_value("notebook_time_limit", 60, "", types=[int])
    app.connect("env-check-consistency", check_times)
    return {"parallel_read_safe": True}
