"""The server that the SDK talks to: OpenAI's API in front of llama.cpp.

`create_app` makes a Starlette application that forwards to two llama.cpp servers and closes the
gaps between what those answer and what OpenAI answers. What cannot be closed is refused, with an
error that says so.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx2
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .. import sse
from ..service_rules import (
    EMBEDDINGS,
    INPUT_TOKENS,
    RESPONSES,
    Json,
    Refusal,
    enforce,
    error_body,
)
from . import chat, choices, reply, responses
from .unsupported import check_abilities

UPSTREAM_TIMEOUT = httpx2.Timeout(600.0, connect=5.0)
"""Seconds. A long prompt on a busy machine takes minutes before its first token."""

LOOPBACK_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
OPEN_PATHS = frozenset({"/health", "/origin"})
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class ServerLimits:
    """What the servers behind the gateway were started with.

    Attributes:
        context: tokens of one chat request, prompt and answer together.
        slots: chat requests at once, and the largest `n`.
        embed_context: tokens of one text to embed.
    """

    context: int = 4096
    slots: int = 4
    embed_context: int = 512


class Unwrap:
    """Offers the model the function `reply`, and takes its wrapping off the answer.

    Args:
        upward: the request for llama.cpp; the function is added where it belongs.
    """

    def __init__(self, upward: Json) -> None:
        self.name = reply.offer(upward)
        self.single = upward.get("parallel_tool_calls") is False
        self._stream = reply.Unwrapper(self.name, self.single)

    def completion(self, answer: Json) -> Json:
        """A whole answer."""
        return reply.unwrap(answer, self.name, self.single)

    def chunk(self, event: Json) -> Json:
        """One chunk of a streamed answer."""
        return self._stream.chunk(event)


class Gateway:
    """The endpoints. `create_app` puts them into an application."""

    def __init__(
        self,
        client: httpx2.AsyncClient,
        chat_url: str,
        embed_url: str,
        chat_model: str,
        embed_model: str,
        origin: Mapping[str, object],
        limits: ServerLimits,
    ) -> None:
        self.client = client
        self.chat_url, self.embed_url = chat_url.rstrip("/"), embed_url.rstrip("/")
        self.chat_model, self.embed_model = chat_model, embed_model
        self.origin_facts = dict(origin)
        self.limits = limits
        self.store = responses.ResponseStore()
        self.born = int(time.time())

    # What is served

    async def health(self, _: Request) -> Response:
        """Whether both llama.cpp servers answer."""
        for url in (self.chat_url, self.embed_url):
            answer = await self.client.get(f"{url}/health")
            if answer.status_code != 200:
                return JSONResponse({"status": "loading"}, 503)
        return JSONResponse({"status": "ok"})

    async def origin(self, _: Request) -> Response:
        """What answers here: facts for the header of a recording."""
        return JSONResponse(self.origin_facts)

    async def models(self, _: Request) -> Response:
        """The list of models."""
        data = [self._model(identity) for identity in (self.chat_model, self.embed_model)]
        return JSONResponse({"object": "list", "data": data})

    async def model(self, request: Request) -> Response:
        """One model."""
        identity = request.path_params["model"]
        if identity not in (self.chat_model, self.embed_model):
            raise Refusal(
                f"The model '{identity}' does not exist. {self._served()}",
                status=404,
                param="model",
                code="model_not_found",
            )
        return JSONResponse(self._model(identity))

    def _model(self, identity: str) -> Json:
        return {"id": identity, "object": "model", "created": self.born, "owned_by": "local"}

    def _served(self) -> str:
        return f"The local model serves '{self.chat_model}' and '{self.embed_model}'."

    # Chat, legacy completions, embeddings

    async def chat_completions(self, request: Request) -> Response:
        """Chat completions, and legacy completions: the same but for their shape."""
        path = request.url.path
        body = await self._body(request, path.removeprefix("/v1"))
        upward = chat.request(body)
        unwrap = Unwrap(upward)
        if not upward.get("stream"):
            answer = unwrap.completion(await self._post(request, self.chat_url + path, upward))
            return JSONResponse(chat.completion(answer, body["model"]))
        include_usage = upward["stream_options"]["include_usage"]

        async def events(lines: AsyncIterator[Json]) -> AsyncIterator[bytes]:
            total = choices.UsageTotal()
            async for event in lines:
                if "error" in event:
                    yield sse.encode(self._shaped(event["error"], 500).body)
                    return
                if rest := total.take(event):
                    chunk = chat.chunk(unwrap.chunk(rest), body["model"], include_usage)
                    yield sse.encode(chunk)
            if include_usage and (last := total.event()):
                yield sse.encode(chat.chunk(last, body["model"], include_usage))
            yield sse.DONE

        return Streaming(self._stream(self.chat_url + path, upward), events)

    async def embeddings(self, request: Request) -> Response:
        """Embeddings."""
        body = await self._body(request, EMBEDDINGS)
        upward = {k: v for k, v in body.items() if k in ("input", "encoding_format") and v}
        answer = await self._post(request, f"{self.embed_url}/v1/embeddings", upward)
        answer["model"] = body["model"]
        for entry in answer["data"]:
            entry.pop("encoding_format", None)
        return JSONResponse(answer)

    # Responses

    async def create_response(self, request: Request) -> Response:
        """Create a response."""
        body = await self._body(request, RESPONSES)
        context, own, upward = self._conversation(RESPONSES, body)
        unwrap = Unwrap(upward)
        builder = responses.Builder(body)
        url = f"{self.chat_url}/v1/chat/completions"
        if not body.get("stream"):
            answer = unwrap.completion(await self._post(request, url, upward))
            response = builder.whole(chat.completion(answer, body["model"]))
            self._keep(context, own, response)
            return JSONResponse(response)
        upward |= {"stream": True, "stream_options": {"include_usage": True}}

        async def events(lines: AsyncIterator[Json]) -> AsyncIterator[bytes]:
            yield named(builder.start())
            finished = False
            async for event in lines:
                if "error" in event:
                    yield named(builder.fail(self._shaped(event["error"], 500).args[0]))
                    return
                event = chat.chunk(unwrap.chunk(event), body["model"], True)
                yield named(builder.feed(event))
                finished = finished or any(c.get("finish_reason") for c in event["choices"])
            if not finished:
                yield named(builder.fail("The local model broke off."))
                return
            yield named(builder.finish())
            self._keep(context, own, builder.response)

        return Streaming(self._stream(url, upward), events)

    async def count_input_tokens(self, request: Request) -> Response:
        """How many tokens a response's input would have."""
        body = await self._body(request, INPUT_TOKENS)
        _, _, upward = self._conversation(INPUT_TOKENS, body)
        reply.offer(upward)
        url = f"{self.chat_url}/v1/chat/completions/input_tokens"
        answer = await self._post(request, url, upward)
        shown = {"object": "response.input_tokens", "input_tokens": answer["input_tokens"]}
        return JSONResponse(shown)

    async def response(self, request: Request) -> Response:
        """Retrieve or delete a stored response."""
        identity = request.path_params["response"]
        if request.method == "DELETE":
            self.store.delete(identity)
            return JSONResponse({"id": identity, "object": "response", "deleted": True})
        return JSONResponse(self.store.response(identity))

    async def input_items(self, request: Request) -> Response:
        """List the input of a stored response."""
        items = self.store.input_items(request.path_params["response"])
        page: Json = {"object": "list", "data": items, "has_more": False}
        page["first_id"] = items[0]["id"] if items else None
        page["last_id"] = items[-1]["id"] if items else None
        return JSONResponse(page)

    def _conversation(self, path: str, body: Json) -> tuple[list[Json], list[Json], Json]:
        own = responses.input_items(body)
        context = self.store.items_before(body.get("previous_response_id")) + own
        # The rules on what belongs together see the whole chain, which the service knows as well.
        whole = {k: v for k, v in body.items() if k != "previous_response_id"}
        enforce(path, whole | {"input": context})
        return context, own, chat.request(responses.chat_request(body, context))

    def _keep(self, context: list[Json], own: list[Json], response: Json) -> None:
        if response["store"]:
            self.store.add(context, own, response)

    # Requests up

    async def _body(self, request: Request, path: str) -> Json:
        """The parsed and checked body of a request to `path`, which is without `/v1`."""
        try:
            body = json.loads(await request.body())
        except ValueError:
            raise Refusal(
                "We could not parse the JSON body of your request. (HINT: This likely means you "
                "aren't using your HTTP library correctly. The API expects a JSON payload.)"
            ) from None
        if not isinstance(body, dict):
            raise Refusal("The body of a request must be a JSON object.")
        model = body.get("model")
        served = model in (self.chat_model, self.embed_model)
        if isinstance(model, str) and model and not served:
            raise Refusal(
                f"The model `{model}` does not exist or you do not have access to it. "
                f"{self._served()}",
                status=404,
                code="model_not_found",
            )
        if served and (model == self.embed_model) != (path == EMBEDDINGS):
            right = self.chat_model if model == self.embed_model else self.embed_model
            raise Refusal(
                f"The model '{model}' is not supported in the /v1{path} endpoint: use '{right}'.",
                status=404,
                param="model",
            )
        enforce(path, body)
        check_abilities(path, body, self.limits.slots)
        return body

    async def _post(self, request: Request, url: str, body: Json) -> Json:
        """llama.cpp's answer; given up when the client goes away."""
        answer: Json | None = None
        failure: Refusal | None = None
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await request.receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(watch)
            try:
                answer = await self._whole(url, body)
            except httpx2.HTTPError as error:
                failure = _unreachable(error)
            except Refusal as error:
                failure = error
            group.cancel_scope.cancel()
        if answer is not None:
            return answer
        raise failure or ClientDisconnect

    async def _whole(self, url: str, body: Json) -> Json:
        """llama.cpp's whole answer; with several choices, the whole of its stream."""
        if (body.get("n") or 1) > 1:
            if body.get("tools") and body.get("logprobs"):
                raise Refusal(
                    "With tools, the local model gives log probabilities for one choice only: "
                    "leave out 'n', 'logprobs' or 'tools'.",
                    param="logprobs",
                    code="unsupported_parameter",
                )
            up = body | {"stream": True, "stream_options": {"include_usage": True}}
            async with self._stream(url, up) as lines:
                events = [event async for event in lines]
            for event in events:
                if "error" in event:
                    raise self._shaped(event["error"], 500)
            if (answer := choices.merged(events)) is None:
                raise Refusal("The local model broke off.", status=502, kind="server_error")
            return answer
        answer = await self.client.post(url, json=body)
        parsed = _parsed(answer.content)
        if answer.status_code != 200:
            raise self._shaped(parsed.get("error", {}), answer.status_code)
        return parsed

    @asynccontextmanager
    async def _stream(self, url: str, body: Json) -> AsyncIterator[AsyncIterator[Json]]:
        """llama.cpp's events, parsed; leaving the block closes the connection to it."""
        try:
            async with self.client.stream("POST", url, json=body) as answer:
                if answer.status_code != 200:
                    parsed = _parsed(await answer.aread())
                    raise self._shaped(parsed.get("error", {}), answer.status_code)
                yield _events(answer)
        except httpx2.ConnectError as error:
            raise _unreachable(error) from error

    def _shaped(self, error: Mapping[str, Any], status: int) -> Refusal:
        """llama.cpp's error as OpenAI would shape it."""
        message = str(error.get("message") or "llama.cpp gave no reason.")
        if error.get("type") == "exceed_context_size_error":
            found, limit = error.get("n_prompt_tokens"), error.get("n_ctx", self.limits.context)
            return Refusal(
                f"This model's maximum context length is {limit} tokens. However, your messages "
                f"resulted in {found} tokens. Please reduce the length of the messages.",
                param="messages",
                code="context_length_exceeded",
            )
        if "too large to process" in message:
            return Refusal(
                f"This model's maximum context length is {self.limits.embed_context} tokens for "
                f"each input, and one of yours is longer ({message.partition(' is too')[0]}). "
                f"Please reduce your input.",
                param="input",
                code="context_length_exceeded",
            )
        if status >= 500:
            return Refusal(f"llama.cpp: {message}", status=status, kind="server_error")
        return Refusal(message, status=status)


def _parsed(content: bytes) -> Json:
    try:
        parsed = json.loads(content)
    except ValueError:
        parsed = None
    if isinstance(parsed, dict):
        return parsed
    text = content[:200].decode(errors="replace")
    raise Refusal(f"llama.cpp answered {text!r}, not JSON.", status=502, kind="server_error")


def _unreachable(error: Exception) -> Refusal:
    return Refusal(
        f"The local model does not answer any more ({type(error).__name__}): "
        f"start it again with  course local",
        status=503,
        kind="server_error",
    )


async def _events(answer: httpx2.Response) -> AsyncIterator[Json]:
    """The JSON of each event, one by one as they arrive; errors are events with an `error`."""
    decoder = sse.Decoder()
    async for piece in answer.aiter_bytes():
        for event in decoder.feed(piece):
            if event.data != "[DONE]":
                yield event.json()


def named(events: Iterable[Json]) -> bytes:
    """Events of the Responses API as they go over the wire, each with its name."""
    return b"".join(sse.encode(event, event["type"]) for event in events)


class Streaming(Response):
    """A stream that starts when llama.cpp has accepted the request, and ends with its client.

    Args:
        upstream: opens the stream of parsed events; closing it stops the generation.
        shape: turns those events into bytes for the client, one by one.
    """

    def __init__(
        self,
        upstream: Any,
        shape: Callable[[AsyncIterator[Json]], AsyncIterator[bytes]],
    ) -> None:
        super().__init__(media_type="text/event-stream", headers={"cache-control": "no-cache"})
        del self.headers["content-length"]
        self.upstream, self.shape = upstream, shape

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream; a client that goes away cancels it."""
        refusal: Refusal | None = None
        async with anyio.create_task_group() as group:

            async def watch() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(watch)
            try:
                async with self.upstream as lines:
                    await self._send_all(lines, send)
            except Refusal as error:
                refusal = error
            group.cancel_scope.cancel()
        if refusal is not None:
            await JSONResponse(refusal.body, refusal.status)(scope, receive, send)

    async def _send_all(self, lines: AsyncIterator[Json], send: Send) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(start)
        try:
            async for block in self.shape(lines):
                if block:
                    await send({"type": "http.response.body", "body": block, "more_body": True})
        except (httpx2.HTTPError, ValueError) as error:
            message = f"The local model broke off ({type(error).__name__})."
            body = sse.encode(error_body(message, "server_error"))
            await send({"type": "http.response.body", "body": body, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Door:
    """What every request passes: its id, the headers of its answer, and the key.

    Args:
        app: the application.
        api_key: the key that requests must bring, None when any will do.
    """

    def __init__(self, app: ASGIApp, api_key: str | None) -> None:
        self.app, self.api_key = app, api_key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        request_id = f"req_local_{uuid.uuid4().hex}"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                spent = str(round((time.perf_counter() - began) * 1000))
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"openai-processing-ms", spent.encode()),
                    (b"x-local-model", b"true"),
                ]
            await send(message)

        try:
            self._admit(Request(scope))
        except Refusal as refusal:
            answer = JSONResponse(refusal.body, refusal.status)
            await answer(scope, receive, send_with_headers)
            return
        await self.app(scope, receive, send_with_headers)

    def _admit(self, request: Request) -> None:
        """Raise Refusal for a foreign host name (DNS rebinding) or a wrong key."""
        host = request.headers.get("host", "127.0.0.1")
        if host.rpartition(":")[0] not in LOOPBACK_NAMES and host not in LOOPBACK_NAMES:
            raise Refusal(f"The local model does not answer for the host {host!r}.", status=421)
        if self.api_key is None or request.url.path in OPEN_PATHS:
            return
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            raise Refusal(
                "You didn't provide an API key. You need to provide your API key in an "
                "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
                status=401,
            )
        if key != self.api_key:
            shown = key[:3] + "***" if len(key) > 6 else "***"
            raise Refusal(
                f"Incorrect API key provided: {shown}.", status=401, code="invalid_api_key"
            )


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return JSONResponse(error.body, error.status)


async def _no_such_url(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        message = f"Not allowed to {request.method} on {request.url.path}."
    else:
        message = (
            f"Invalid URL ({request.method} {request.url.path}). The local model has chat "
            f"completions, responses, completions, embeddings and models under /v1."
        )
    return JSONResponse(error_body(message, code="unknown_url"), error.status_code)


async def _gone(_: Request, __: Exception) -> Response:
    return Response(status_code=499)


async def _broken(_: Request, error: Exception) -> Response:
    return JSONResponse(
        error_body(f"The local gateway failed: {type(error).__name__}: {error}", "server_error"),
        500,
    )


def create_app(
    chat_url: str,
    embed_url: str,
    *,
    chat_model: str,
    embed_model: str,
    origin: Mapping[str, object] | None = None,
    api_key: str | None = None,
    limits: ServerLimits | None = None,
    client: httpx2.AsyncClient | None = None,
) -> ASGIApp:
    """The application to serve.

    Args:
        chat_url: where llama.cpp serves the chat model, without `/v1`.
        embed_url: the same for the embedding model.
        chat_model: the id under which requests name the chat model.
        embed_model: the same for the embedding model.
        origin: what GET /origin answers.
        api_key: the key that requests must bring; None lets every key in.
        limits: what the servers were started with.
        client: HTTP client for both servers, for tests.
    """
    # The environment's proxies are not asked: both servers are on this machine.
    http = client or httpx2.AsyncClient(timeout=UPSTREAM_TIMEOUT, trust_env=False)
    gateway = Gateway(
        http, chat_url, embed_url, chat_model, embed_model, origin or {}, limits or ServerLimits()
    )

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with http:
            yield

    def route(path: str, handler: Handler, *methods: str) -> Route:
        return Route(path, handler, methods=list(methods))

    app = Starlette(
        routes=[
            route("/health", gateway.health, "GET"),
            route("/origin", gateway.origin, "GET"),
            route("/v1/models", gateway.models, "GET"),
            route("/v1/models/{model:path}", gateway.model, "GET"),
            route("/v1/chat/completions", gateway.chat_completions, "POST"),
            route("/v1/completions", gateway.chat_completions, "POST"),
            route("/v1/embeddings", gateway.embeddings, "POST"),
            route("/v1/responses", gateway.create_response, "POST"),
            route("/v1/responses/input_tokens", gateway.count_input_tokens, "POST"),
            route("/v1/responses/{response}", gateway.response, "GET", "DELETE"),
            route("/v1/responses/{response}/input_items", gateway.input_items, "GET"),
        ],
        exception_handlers={
            Refusal: _refused,
            HTTPException: _no_such_url,
            ClientDisconnect: _gone,
            Exception: _broken,
        },
        lifespan=lifespan,
    )
    return Door(app, api_key)
