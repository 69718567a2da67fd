"""Writes a file that real PyTorch saved to saved.json.

Run it with the Python of an environment that has real PyTorch:

    python test/oracle/generate_saved.py [FILE]

With FILE, one that this engine saved (saving.py there), it is loaded by real PyTorch and printed as well.
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER / "python"))

import saving  # noqa: E402
import torch  # noqa: E402

recorded = {"torch": torch.__version__, **json.loads(saving.saved())}
(FOLDER / "saved.json").write_text(json.dumps(recorded, indent=1) + "\n")
if len(sys.argv) > 1:
    own = json.loads(saving.loaded(pathlib.Path(sys.argv[1]).read_text()))
    print("real PyTorch reads the engine's file as its own:", own["text"] == recorded["text"], own["shared"])
