"""Which automod is measured, and the world that it runs in."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program(*more):
    """Path of the one that AUTOMOD_BIN names, else of a release build with those targets, too."""
    if named := os.environ.get("AUTOMOD_BIN"):
        return os.path.abspath(named)
    script = (f". scripts/lib.sh && automod_build release automod automod-sandbox {' '.join(more)} "
              ">&2 && automod_program release")
    return subprocess.run(["bash", "-c", script], cwd=ROOT, check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def environment(scratch):
    """Nothing of the user's: everything is kept below `scratch`."""
    (scratch / "home").mkdir()
    return {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(scratch / "home"),
            "XDG_CACHE_HOME": str(scratch / "cache"), "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A User", "GIT_AUTHOR_EMAIL": "user@example.invalid",
            "GIT_COMMITTER_NAME": "A User", "GIT_COMMITTER_EMAIL": "user@example.invalid"}
