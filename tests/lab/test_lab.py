"""`make lab` opens the first lesson, and its cells run in a real kernel."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

import pytest
import websocket

from utils.notebooks.files import Course, label

from .conftest import TOKEN, Lab

LESSONS = [label(Course().lesson(id)) for id in Course().ids()]


def test_the_front_page_leads_to_the_first_lesson(lab: Lab) -> None:
    page = lab.http.get("/")
    assert page.status_code == 200
    assert page.url.path == f"/lab/tree/{LESSONS[0]}"


def test_it_asks_for_no_news(lab: Lab) -> None:
    page = lab.http.get("/lab").text
    found = re.search(r'<script id="jupyter-config-data"[^>]*>(.*?)</script>', page, re.DOTALL)
    assert found is not None
    off = json.loads(found[1])["disabledExtensions"]
    assert "@jupyterlab/apputils-extension:announcements" in off


def run(lab: Lab, kernel: str, sources: list[str]) -> list[dict[str, Any]]:
    """Run cells in a kernel over its websocket; returns the replies."""
    address = lab.url.replace("http", "ws") + f"/api/kernels/{kernel}/channels?token={TOKEN}"
    replies = []
    link = websocket.create_connection(address, timeout=60)
    try:
        for source in sources:
            ident = uuid.uuid4().hex
            header = {
                "msg_id": ident,
                "msg_type": "execute_request",
                "username": "test",
                "session": "test",
                "version": "5.3",
            }
            content = {"code": source, "silent": False, "stop_on_error": False}
            message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
            link.send(json.dumps(message | {"channel": "shell", "buffers": []}))
            while True:
                heard = json.loads(link.recv())
                if (
                    heard["msg_type"] == "execute_reply"
                    and heard["parent_header"]["msg_id"] == ident
                ):
                    replies.append(heard["content"])
                    break
    finally:
        link.close()
    return replies


@pytest.mark.parametrize("path", LESSONS)
def test_every_cell_runs_in_a_fresh_kernel(lab: Lab, path: str) -> None:
    notebook = lab.http.get(f"/api/contents/{path}").raise_for_status().json()["content"]
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    body = {"path": path, "type": "notebook", "name": path, "kernel": {"name": "python3"}}
    session = lab.http.post("/api/sessions", json=body).raise_for_status().json()
    try:
        replies = run(lab, session["kernel"]["id"], [cell["source"] for cell in cells])
    finally:
        lab.http.delete(f"/api/sessions/{session['id']}")
    assert len(replies) == len(cells) > 3
    for cell, reply in zip(cells, replies, strict=True):
        expected = "raises-exception" in cell["metadata"].get("tags", [])
        assert (reply["status"] == "error") == expected, f"{path}, cell {cell['id']}: {reply}"
