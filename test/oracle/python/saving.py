"""What is saved with torch.save for a comparison of the files: the same statements here and in real PyTorch."""

import base64
import io
import json
import zipfile
from collections import OrderedDict

import torch

STATEMENTS = """
base = torch.arange(6.0).reshape(2, 3)
halves = torch.tensor([0.1, -2.0, 65504.0, float("inf")])
thing = OrderedDict(
    base=base,
    row=base[1],
    transposed=base.t(),
    leaf=torch.tensor([1.5, 2.5], dtype=torch.float64, requires_grad=True),
    parameter=torch.nn.Parameter(torch.ones(2)),
    frozen=torch.nn.Parameter(torch.ones(2), requires_grad=False),
    half=halves.half(),
    bfloat16=halves.bfloat16(),
    whole=[torch.tensor([-1, 2**40]), torch.tensor([1, -2], dtype=torch.int32), torch.tensor([250], dtype=torch.uint8)],
    small=(torch.tensor([-3], dtype=torch.int8), torch.tensor([300], dtype=torch.int16), torch.tensor([True, False])),
    scalar=torch.tensor(3.0),
    empty=torch.empty(0, 3),
    plain={"epoch": 3, "loss": 0.25, "name": "run", "flag": None, "big": 2**70, "list": [1, (2,), {3}]},
    size=torch.Size([2, 3]),
    dtype=torch.float16,
)
"""


def _description(thing):
    return "\n".join(f"{name}: {value!r}" for name, value in thing.items())


def made():
    space = {"torch": torch, "OrderedDict": OrderedDict}
    exec(STATEMENTS, space)
    return space["thing"]


def saved():
    """The file, what is in it, and how the thing prints."""
    file = io.BytesIO()
    thing = made()
    torch.save(thing, file)
    with zipfile.ZipFile(io.BytesIO(file.getvalue())) as archive:
        records = {name: archive.read(name).hex() for name in archive.namelist() if "serialization_id" not in name}
    return json.dumps(
        {"file": base64.b64encode(file.getvalue()).decode(), "records": records, "text": _description(thing)}
    )


def loaded(text):
    """How the thing in a file (in base64) prints, and whether its tensors share memory as they did."""
    thing = torch.load(io.BytesIO(base64.b64decode(text)))
    shared = thing["row"].untyped_storage().data_ptr() == thing["base"].untyped_storage().data_ptr()
    return json.dumps({"text": _description(thing), "shared": shared})
