"""Answers for 04.4 survive_tools."""

import json

from exercise_answers import CHAT_MODEL, right, wrong


def found(client, messages, tools):
    completion = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, tools=tools, reasoning_effort="none"
    )
    return completion.choices[0].message.tool_calls or []


def result(call, content):
    return {"role": "tool", "tool_call_id": call.id, "content": content}


def run(functions, call, seconds):
    arguments = json.loads(call.function.arguments)
    return json.dumps(functions[call.function.name](**arguments, timeout=seconds))


def error(text):
    return json.dumps({"error": text})


@right
def with_three_kinds_of_except(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except ValueError as problem:
            content = error(f"{call.function.name} says: {problem}")
        except TimeoutError:
            content = error(f"timed out after {seconds} seconds, do not try again")
        except Exception:
            content = error("internal error, reported to the shop")
        results.append(result(call, content))
    return results


@wrong("partly right", "an inner detail")
def tells_everything(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except TimeoutError:
            content = error(f"longer than {seconds:g} s")
        except Exception as problem:
            content = error(str(problem))
        results.append(result(call, content))
    return results


@wrong("partly right", "(the tool raised ValueError)")
def tells_nothing(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except Exception:
            content = error(f"failed, or took longer than {seconds:g} s")
        results.append(result(call, content))
    return results


@wrong("partly right", "(a tool must not hang)")
def gives_no_timeout(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            value = functions[call.function.name](**json.loads(call.function.arguments))
            content = json.dumps(value)
        except ValueError as problem:
            content = error(str(problem))
        except TimeoutError:
            content = error(f"longer than {seconds:g} s")
        except Exception:
            content = error("failed")
        results.append(result(call, content))
    return results


@wrong("partly right", "has no tool message for the call")
def stops_at_the_first_failure(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            results.append(result(call, run(functions, call, seconds)))
        except ValueError as problem:
            return [*results, result(call, error(str(problem)))]
        except TimeoutError:
            return [*results, result(call, error(f"longer than {seconds:g} s"))]
        except Exception:
            return [*results, result(call, error("failed"))]
    return results


@wrong("partly right", "It raised TypeError")
def makes_the_json_outside(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        arguments = json.loads(call.function.arguments)
        try:
            value = functions[call.function.name](**arguments, timeout=seconds)
        except ValueError as problem:
            value = {"error": str(problem)}
        except TimeoutError:
            value = {"error": f"longer than {seconds:g} s"}
        except Exception:
            value = {"error": "failed"}
        results.append(result(call, json.dumps(value)))
    return results


@wrong("partly right", "It raised")
def expects_two_kinds_only(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except ValueError as problem:
            content = error(str(problem))
        except TimeoutError:
            content = error(f"longer than {seconds:g} s")
        results.append(result(call, content))
    return results


@wrong("partly right", "were not enough")
def does_not_say_that_it_was_time(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except ValueError as problem:
            content = error(str(problem))
        except Exception:
            content = error("failed")
        results.append(result(call, content))
    return results


@wrong("partly right", "and None was expected")
def takes_nothing_for_a_failure(client, messages, tools, functions, seconds):
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except ValueError as problem:
            content = error(str(problem))
        except TimeoutError:
            content = error(f"longer than {seconds:g} s")
        except Exception:
            content = error("failed")
        results.append(result(call, error("failed") if content == "null" else content))
    return results


@right
def with_a_function_for_each_call(client, messages, tools, functions, seconds):
    def content(call):
        try:
            return run(functions, call, seconds)
        except Exception as problem:
            match problem:
                case TimeoutError():
                    return error(f"no answer within {seconds:g} s")
                case ValueError():
                    return error(problem.args[0])
            return error("something went wrong; the shop looks into it")

    return [result(call, content(call)) for call in found(client, messages, tools)]


@right
def with_a_table(client, messages, tools, functions, seconds):
    texts = {ValueError: str, TimeoutError: lambda e: f"{seconds} s were not enough"}
    results = []
    for call in found(client, messages, tools):
        try:
            content = run(functions, call, seconds)
        except (ValueError, TimeoutError) as problem:
            kind = next(kind for kind in texts if isinstance(problem, kind))
            content = error(texts[kind](problem))
        except Exception:
            content = error(f"{call.function.name} is out of order")
        results.append(result(call, content))
    return results


def survived(client, messages, tools, functions, seconds, other, content=run):
    """A right answer, but for what is given."""
    results = []
    for call in found(client, messages, tools):
        try:
            text = content(functions, call, seconds)
        except ValueError as problem:
            text = error(str(problem))
        except TimeoutError:
            text = error(f"longer than {seconds:g} s")
        except Exception as problem:
            text = error(other(problem))
        results.append(result(call, text))
    return results


@wrong("partly right", "which kind of exception it was")
def tells_the_kind_of_exception(client, messages, tools, functions, seconds):
    def kind(problem):
        return f"failed: {type(problem).__name__} in tools.py"

    return survived(client, messages, tools, functions, seconds, kind)


@wrong("partly right", "The error tells exceptions apart: ")
def tells_the_beginning_of_the_text(client, messages, tools, functions, seconds):
    def beginning(problem):
        return f"failed: {str(problem)[:5]}"

    return survived(client, messages, tools, functions, seconds, beginning)


@wrong("partly right", "doesn't take it")
def writes_anything_as_text(client, messages, tools, functions, seconds):
    def content(functions, call, seconds):
        arguments = json.loads(call.function.arguments)
        return json.dumps(functions[call.function.name](**arguments, timeout=seconds), default=str)

    return survived(client, messages, tools, functions, seconds, lambda e: "failed", content)


@wrong("partly right", "and [] was expected")
def takes_empty_lists_for_failures(client, messages, tools, functions, seconds):
    def content(functions, call, seconds):
        text = run(functions, call, seconds)
        return text if json.loads(text) or text == "null" else error("nothing")

    return survived(client, messages, tools, functions, seconds, lambda e: "failed", content)


@wrong("wrong", "Message 1 of request 1 is user: ")
def sends_the_question_only(client, messages, tools, functions, seconds):
    return survived(client, messages[-1:], tools, functions, seconds, lambda e: "failed")
