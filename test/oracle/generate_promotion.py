"""Writes what real PyTorch answers for every pair of dtypes to promotion.json.

Run it with the Python of an environment that has real PyTorch:

    python test/oracle/generate_promotion.py
"""

import json
import pathlib
import sys

FOLDER = pathlib.Path(__file__).parent
sys.path.insert(0, str(FOLDER / "python"))

import promotion  # noqa: E402
import torch  # noqa: E402

recorded = {
    "torch": torch.__version__,
    "operators": {name: json.loads(promotion.answers(name)) for name in json.loads(promotion.operators())},
    "tables": json.loads(promotion.tables()),
}
(FOLDER / "promotion.json").write_text(json.dumps(recorded, indent=1) + "\n")
