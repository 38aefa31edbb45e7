"""A small course for the site's tests: every kind of cell and output, and a recording.

Its texts are made up and say so. The notebooks are made here instead of being committed.
"""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tests.core.samples import answers, request, streams
from utils.recordings import FORMAT, Origin, RecordingFile, interaction, write

STEM = "98_sample"
ORIGIN = Origin(
    provider="test",
    chat_model="test-model",
    recorded="2026-11-21T00:00:00Z",
    note="made up for tests",
)
QUESTION = "Where is Fernhill?"
ANSWER = "Fernhill is a made-up town in a sample."
OTHER_QUESTION = "Who lives there?"
OTHER_ANSWER = "Nobody: it is a sample."
STREAM_QUESTION = "Count to five."
WORDS = ["one ", "two ", "three ", "four ", "five"]
PHRASE = "zebrafinches whistle arias"
"""A phrase that no other page holds."""


def png(width: int = 240, height: int = 120) -> str:
    """A picture of one color, base64 as in a notebook."""
    row = b"\x00" + b"\x0b\x6b\x60" * width
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    ]
    raw = b"\x89PNG\r\n\x1a\n"
    for kind, data in parts:
        crc = zlib.crc32(kind + data)
        raw += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc)
    return base64.b64encode(raw).decode()


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90pt" height="60pt" viewBox="0 0 90 60">'
    '<rect width="90" height="60" fill="#0b6b60"/></svg>'
)
TRACEBACK = [
    "\x1b[31m---------------------------------------------------------------------------\x1b[39m",
    "\x1b[31mValueError\x1b[39m                                Traceback (most recent call last)",
    "\x1b[36mCell\x1b[39m\x1b[36m \x1b[39m\x1b[32mIn[7]\x1b[39m\x1b[32m, line 1\x1b[39m\n"
    "\x1b[32m----> \x1b[39m\x1b[32m1\x1b[39m \x1b[38;5;28;01mraise\x1b[39;00m ValueError",
    "\x1b[31mValueError\x1b[39m: an error on purpose",
]
TABLE = (
    "<table><thead><tr><th>model</th><th>answers</th></tr></thead>"
    "<tbody><tr><td>test-model</td><td>3</td></tr></tbody></table>"
)
WIDGET_STATE: dict[str, Any] = {
    "slider-layout": {
        "model_module": "@jupyter-widgets/base",
        "model_module_version": "2.0.0",
        "model_name": "LayoutModel",
        "state": {},
    },
    "slider-style": {
        "model_module": "@jupyter-widgets/controls",
        "model_module_version": "2.0.0",
        "model_name": "SliderStyleModel",
        "state": {"description_width": ""},
    },
    "slider": {
        "model_module": "@jupyter-widgets/controls",
        "model_module_version": "2.0.0",
        "model_name": "IntSliderModel",
        "state": {
            "description": "Tokens",
            "value": 7,
            "min": 0,
            "max": 10,
            "layout": "IPY_MODEL_slider-layout",
            "style": "IPY_MODEL_slider-style",
        },
    },
    "unused": {
        "model_module": "@jupyter-widgets/base",
        "model_module_version": "2.0.0",
        "model_name": "LayoutModel",
        "state": {},
    },
}


def code(source: str, *outputs: Any, cell_id: str, **metadata: Any) -> Any:
    return new_code_cell(source, outputs=list(outputs), id=cell_id, metadata=metadata)


def prose(source: str, cell_id: str, **metadata: Any) -> Any:
    return new_markdown_cell(source, id=cell_id, metadata=metadata)


def out(text: str) -> Any:
    return new_output("stream", name="stdout", text=text)


def shown(**data: Any) -> Any:
    return new_output("display_data", data={k.replace("__", "/"): v for k, v in data.items()})


OPENING = f"""# Sample chapter

A chapter with every kind of output, made up for tests; {PHRASE}.

You will

- see a request,
- see its answer.

It takes 15 to 20 minutes.
"""
SYNTAX = r"""## What goes wrong?

Text right before a list:
- first
- second
  1. nested
  2. nested again

1) a number with a parenthesis
2) another one

| name | tokens |
|------|-------:|
| short | 3 |

Inline $p_i = e^{z_i/T}$ and a price of \$0.10, and on its own line:

$$\begin{aligned} a &= b + c \\ &= d \end{aligned}$$

> [!NOTE]
> A note.

```mermaid
flowchart LR
  A[Notebook] --> B[Transport]
  B --> C[Recording]
```

<details><summary>What does a recording hold?</summary>

The request and **what came back**.

</details>

See [the question above](#What-goes-wrong?), [the solutions](../solutions/98_sample.ipynb) and
[the client](../utils/client.py).
"""
SETUP = f"""from utils import CHAT_MODEL, connect

client = connect("{STEM}")"""
ASK = f"""response = client.chat.completions.create(
    model=CHAT_MODEL,
    messages=[{{"role": "user", "content": "{QUESTION}"}}],
)
print(response.choices[0].message.content)"""
STREAM = f"""stream = client.chat.completions.create(
    model=CHAT_MODEL,
    messages=[{{"role": "user", "content": "{STREAM_QUESTION}"}}],
    stream=True,
)
for chunk in stream:
    if chunk.choices:
        print(chunk.choices[0].delta.content or "", end="")"""
AWAIT = f"""from utils import connect_async

async_client = connect_async("{STEM}")
answer = await async_client.chat.completions.create(
    model=CHAT_MODEL, messages=[{{"role": "user", "content": "{OTHER_QUESTION}"}}]
)
answer.choices[0].message.content"""
FIGURE = """import matplotlib.pyplot as plt

figure, axes = plt.subplots()
axes.bar(["a", "b"], [1, 2])"""
STUB = '''def shout(text: str) -> str:
    """Return the text in capitals."""
    raise NotImplementedError'''
SOLVED = '''def shout(text: str) -> str:
    """Return the text in capitals."""
    return text.upper()'''


def notebook(*, solutions: bool = False) -> Any:
    """The sample chapter, or the same with its exercise solved."""
    view = {"model_id": "slider", "version_major": 2, "version_minor": 0}
    exercise: dict[str, Any] = {"exercise": "98.1"}
    if solutions:
        exercise["tags"] = ["solution"]
    lines = "\n".join(f"line {number}" for number in range(1, 46))
    widget = shown(image__png=png(), text__plain="IntSlider(value=7)")
    widget.data["application/vnd.jupyter.widget-view+json"] = view
    cells = [
        prose(OPENING, "opening"),
        code(SETUP, shown(text__plain="replay: 4 recorded answers"), cell_id="setup"),
        code(ASK, out(ANSWER + "\n"), cell_id="ask", coverage=["A1"]),
        code(STREAM, *[out(word) for word in WORDS], cell_id="stream", coverage=["B1"]),
        prose(SYNTAX, "syntax"),
        code(AWAIT, shown(text__plain=repr(OTHER_ANSWER)), cell_id="await"),
        code(
            f"from IPython.display import HTML\n\nHTML('{TABLE}')",
            shown(text__html=TABLE, text__plain="table"),
            cell_id="table",
            tags=["hide-input"],
        ),
        code(
            "raise ValueError('an error on purpose')",
            new_output("error", ename="ValueError", evalue="x", traceback=TRACEBACK),
            cell_id="error",
            tags=["raises-exception"],
        ),
        code("for n in range(1, 46): print('line', n)", out(lines + "\n"), cell_id="long"),
        code(FIGURE, shown(image__png=png()), cell_id="figure", alt="Two bars, a at 1 and b at 2"),
        code(
            "axes.set_title('Bars')", shown(text__plain="Text(0.5, 1.0, 'Bars')"), cell_id="title"
        ),
        code(
            f"from IPython.display import SVG\n\nSVG('{SVG}')",
            shown(**{"image__svg+xml": SVG}),
            cell_id="svg",
            alt="A green rectangle",
            tags=["hide-input"],
        ),
        code(
            "import ipywidgets\n\nipywidgets.IntSlider(7)",
            widget,
            cell_id="widget",
            alt="A slider for tokens, at 7 of 10",
        ),
        code(
            "from IPython.display import Markdown\n\nMarkdown('Rendered **bold** text')",
            shown(text__markdown="Rendered **bold** text"),
            cell_id="markdown",
        ),
        code("secret = 1", out("never shown\n"), cell_id="removed", tags=["remove-cell"]),
        prose("## Your turn\n\nWrite `shout`.", "turn"),
        code(SOLVED if solutions else STUB, cell_id="exercise", **exercise),
        code(
            "assert shout('a') == 'A', 'shout must return capitals'",
            cell_id="check",
            exercise="98.1",
        ),
    ]
    node = new_notebook(cells=cells)
    node.metadata["course"] = {"lesson": STEM, "minutes": 20, "stretch_minutes": 0}
    node.metadata["widgets"] = {
        "application/vnd.jupyter.widget-state+json": {
            "version_major": 2,
            "version_minor": 0,
            "state": WIDGET_STATE,
        }
    }
    return node


def recording() -> RecordingFile:
    """Answers to the sample's requests; the stream takes a second and a half."""

    stream = streams(*WORDS, every=300)
    pairs = [
        (request(QUESTION), answers(ANSWER)),
        (request(OTHER_QUESTION), answers(OTHER_ANSWER)),
        (request(STREAM_QUESTION, stream=True), stream),
    ]
    return RecordingFile(
        format=FORMAT,
        lesson=STEM,
        origin=ORIGIN,
        interactions=[interaction(asked, answered) for asked, answered in pairs],
    )


SYLLABUS = f"""
[[chapter]]
id = "{STEM}"
title = "Sample chapter"
summary = "{PHRASE}"
flat = true
"""


def write_course(folder: Path) -> Path:
    """Write the sample as a folder with a syllabus, chapters/, solutions/ and recordings/."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "syllabus.toml").write_text(SYLLABUS, "utf-8")
    for kind in ("chapters", "solutions"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook(solutions=kind == "solutions"), folder / kind / f"{STEM}.ipynb")
    write(folder / "recordings" / f"{STEM}.json", recording())
    return folder
