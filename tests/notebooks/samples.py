"""Small courses to build, run and record in tests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from utils import recordings
from utils.notebooks.files import Course
from utils.recordings import Origin, RecordingFile, Request, Response

CHAPTER = "01_requests"
CONNECT = f'from utils import CHAT_MODEL, connect\n\nclient = connect("{CHAPTER}")'
ASK = """\
answer = client.chat.completions.create(
    model=CHAT_MODEL, messages=[{"role": "user", "content": "%s"}]
)
answer.choices[0].message.content"""
REGION = """\
def double(number):
    \"\"\"Twice the number.\"\"\"
    ### BEGIN SOLUTION
    secret = 2
    return number * secret
    ### END SOLUTION"""


def syllabus(*ids: str) -> str:
    """A syllabus of lessons ("01_requests/a_first") and flat chapters ("01_requests")."""
    lines: list[str] = []
    for chapter in dict.fromkeys(id.partition("/")[0] for id in ids):
        lines += ["[[chapter]]", f'id = "{chapter}"', f'title = "{chapter[3:].capitalize()}"']
        lines += ['summary = "What the chapter is about."']
        lines += ["flat = true"] if chapter in ids else []
        for name in (id.partition("/")[2] for id in ids if id.startswith(f"{chapter}/")):
            lines += ["[[chapter.lesson]]", f'id = "{name}"', f'title = "{name[2:].capitalize()}"']
            lines += ['summary = "What the lesson is about."']
    return "\n".join(lines) + "\n"


def code(id_: str, source: str, **metadata: Any) -> NotebookNode:
    """A code cell."""
    return nbformat.v4.new_code_cell(source, id=id_, metadata=metadata)


def text(id_: str, source: str, **metadata: Any) -> NotebookNode:
    """A cell of text."""
    return nbformat.v4.new_markdown_cell(source, id=id_, metadata=metadata)


def notebook(*cells: NotebookNode, **metadata: Any) -> NotebookNode:
    """A notebook as an editor might have saved it."""
    return nbformat.v4.new_notebook(cells=list(cells), metadata=metadata)


def write_solution(course: Course, *cells: NotebookNode, name: str = CHAPTER) -> Path:
    """Write a solution notebook; a lesson that the syllabus lacks is added to it."""
    known = course.syllabus.ids
    if name not in known:
        text = syllabus(*sorted({*known, name}))
        (course.root / "syllabus.toml").write_text(text, "utf-8")
    path = course.solution(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook(*cells)), "utf-8")
    return path


def lesson(question: str = "Say hello.") -> list[NotebookNode]:
    """A chapter with a call, an exercise, and a cell that only the solution has."""
    return [
        text("title", "# Requests\n\n**Time:**\n\n**Next:**"),
        code("connect-client", CONNECT),
        code("first-answer", ASK % question),
        code("double-exercise", REGION),
        code(
            "double-check",
            "try:\n    print(double(21))\nexcept NotImplementedError:\n    print('not attempted')",
        ),
        text("double-discussion", "Multiply.", tags=["solution"]),
    ]


def origin(chat_model: str = "tiny-chat") -> Origin:
    """A header for a recording."""
    return Origin(
        provider="local",
        chat_model=chat_model,
        embed_model="tiny-embed",
        recorded="2026-11-21T00:00:00Z",
        note="not an OpenAI model",
    )


def completion(content: str, model: str = "tiny-chat") -> dict[str, Any]:
    """The body of a chat completion."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def request(question: str, model: str = "tiny-chat") -> Request:
    """What `ASK` sends."""
    body = {"messages": [{"role": "user", "content": question}], "model": model}
    return Request(method="POST", path="/chat/completions", body=body)


def write_recording(
    course: Course, *said: tuple[str, str], name: str = CHAPTER, model: str = "tiny-chat"
) -> Path:
    """Write a recording of pairs (question, answer)."""
    path = course.recording(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    recordings.write(
        path,
        RecordingFile(
            format=1,
            lesson=name,
            origin=origin(model),
            interactions=[
                recordings.interaction(
                    request(question, model),
                    Response(
                        status=200,
                        headers={"content-type": "application/json"},
                        ms=5,
                        json=completion(answer, model),
                    ),
                )
                for question, answer in said
            ],
        ),
    )
    return path


class Server(ThreadingHTTPServer):
    """An OpenAI-compatible server that answers what it is told to."""

    def __init__(self, models: list[str]) -> None:
        self.models = models
        self.answers: dict[str, str] = {}
        self.asked: list[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Server)
        if self.path == "/v1/models":
            self._send(200, {"object": "list", "data": [{"id": id_} for id_ in self.server.models]})
        else:
            self._send(404, {"error": {"message": "no such page"}})

    def do_POST(self) -> None:
        assert isinstance(self.server, Server)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        question = body["messages"][-1]["content"]
        self.server.asked.append(question)
        answer = self.server.answers.get(question, f"You said: {question}")
        if body.get("stream"):
            return self._stream(answer)
        self._send(200, completion(answer, body["model"]))

    def _stream(self, answer: str) -> None:
        """Send a word an event, slowly enough that a reader can leave."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        with suppress(ConnectionError):
            for word in answer.split():
                chunk = {
                    "id": "chatcmpl-1",
                    "object": "chat.completion.chunk",
                    "created": 1,
                    "model": "tiny-chat",
                    "choices": [{"index": 0, "delta": {"content": word}}],
                }
                self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
                time.sleep(0.1)
            self.wfile.write(b"data: [DONE]\n\n")

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output of tests quiet."""


@contextmanager
def serving(*models: str) -> Iterator[Server]:
    """A server in a thread, on a free port."""
    server = Server(list(models) or ["tiny-chat", "tiny-embed"])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
