"""Answers for 04.5 fit_rows."""

import bisect
import json

from exercise_answers import CHAT_MODEL, right, wrong


def found(client, messages, tools):
    completion = client.chat.completions.create(
        model=CHAT_MODEL, messages=messages, tools=tools, reasoning_effort="none"
    )
    return completion.choices[0].message.tool_calls or []


def rows_of(functions, call):
    return functions[call.function.name](**json.loads(call.function.arguments))


def result(call, content):
    return {"role": "tool", "tool_call_id": call.id, "content": content}


def packed(rows, count, **options):
    left = len(rows) - count
    return json.dumps({"rows": rows[left:], "omitted": left}, **options)


def most(rows, limit, **options):
    return max(
        (n for n in range(len(rows) + 1) if len(packed(rows, n, **options)) <= limit), default=0
    )


@right
def without_spaces(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        count = most(rows, limit, separators=(",", ":"))
        results.append(result(call, packed(rows, count, separators=(",", ":"))))
    return results


@wrong("wrong", "which is not JSON")
def cuts_the_text(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        results.append(result(call, packed(rows, len(rows))[: min(limit, 60)]))
    return results


@wrong("partly right", "characters, and")
def does_not_cut(client, messages, tools, functions, limit):
    made = [(call, rows_of(functions, call)) for call in found(client, messages, tools)]
    return [result(call, packed(rows, len(rows))) for call, rows in made]


@wrong("partly right", "of them fit into")
def keeps_too_few(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        results.append(result(call, packed(rows, most(rows, limit // 2))))
    return results


@wrong("partly right", "'omitted' in the result for list_late_orders is ")
def says_that_but_not_how_many(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        count = most(rows, limit)
        left = len(rows) - count
        content = json.dumps({"rows": rows[left:], "omitted": left > 0})
        results.append(result(call, content if count < len(rows) else packed(rows, count)))
    return results


@wrong("partly right", "characters, and")
def measures_the_rows_alone(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        count = len(rows)
        while count and len(json.dumps(rows[:count])) > limit:
            count -= 1
        results.append(result(call, packed(rows, max(count, 1))))
    return results


@wrong("wrong", "and a dictionary was expected")
def sends_a_list(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        results.append(result(call, json.dumps(rows[: most(rows, limit)])))
    return results


@wrong("partly right", "and they aren't the newest ones, in their order")
def keeps_the_oldest(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        count = most(rows, limit)
        while len(json.dumps({"rows": rows[:count], "omitted": len(rows) - count})) > limit:
            count -= 1
        content = json.dumps({"rows": rows[:count], "omitted": len(rows) - count})
        results.append(result(call, content))
    return results


@wrong("partly right", "characters, and")
def takes_minus_nothing_for_nothing(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        count = most(rows, limit)
        content = json.dumps({"rows": rows[-count:], "omitted": len(rows) - count})
        results.append(result(call, content))
    return results


@right
def by_bisection(client, messages, tools, functions, limit):
    results = []
    for call in found(client, messages, tools):
        rows = rows_of(functions, call)
        omitted = bisect.bisect_left(
            range(len(rows)), True, key=lambda n: len(packed(rows, len(rows) - n)) <= limit
        )
        results.append(result(call, packed(rows, len(rows) - omitted)))
    return results


@right
def from_the_newest_on(client, messages, tools, functions, limit):
    def fitted(rows):
        kept = []
        for row in reversed(rows):
            longer = [row, *kept]
            made = {"omitted": len(rows) - len(longer), "rows": longer}
            if len(json.dumps(made)) > limit:
                break
            kept = longer
        return json.dumps({"omitted": len(rows) - len(kept), "rows": kept})

    calls = found(client, messages, tools)
    return [result(call, fitted(rows_of(functions, call))) for call in calls]


@wrong("partly right", "of them fit into")
def has_to_be_shorter_than_the_limit(client, messages, tools, functions, limit):
    calls = [(call, rows_of(functions, call)) for call in found(client, messages, tools)]
    return [result(call, packed(rows, most(rows, limit - 1))) for call, rows in calls]


@wrong("partly right", "characters, and")
def counts_a_row_too_many(client, messages, tools, functions, limit):
    calls = [(call, rows_of(functions, call)) for call in found(client, messages, tools)]
    counts = [min(len(rows), most(rows, limit) + 1) for _, rows in calls]
    return [result(c, packed(rows, n)) for (c, rows), n in zip(calls, counts, strict=True)]


@wrong("wrong", "Message 1 of request 1 is user: ")
def sends_the_question_only(client, messages, tools, functions, limit):
    return by_bisection(client, messages[-1:], tools, functions, limit)
