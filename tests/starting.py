"""Commands of a hub as processes of their own, which a test may interrupt or kill."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support import ROOT
from ugc_hub.hub import Hub


def started(hub: Hub, *words: str) -> subprocess.Popen[str]:
    """Start `ugc-hub` for the records and bytes of a hub; what it says can be read from its pipes."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
    environ |= {
        "UGC_HUB_DATA_DIR": str(hub.settings.data_dir),
        "UGC_HUB_MIN_FREE_BYTES": "0",
        "UGC_HUB_TEXT_READER": "off",
    }
    environ |= {"UGC_HUB_DATABASE_URL": hub.settings.database_url, "PYTHONPATH": str(ROOT)}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "ugc_hub", *words]
    return subprocess.Popen(command, env=environ, text=True, **pipes)  # type: ignore[call-overload,no-any-return]
