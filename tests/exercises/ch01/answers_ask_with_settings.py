"""Answers for 01.3 ask_with_settings."""

import openai
from exercise_answers import CHAT_MODEL, right, wrong

SAMPLING = ("temperature", "top_p", "presence_penalty", "frequency_penalty")


def send(client, question, parameters):
    messages = [{"role": "user", "content": question}]
    response = client.chat.completions.create(model=CHAT_MODEL, messages=messages, **parameters)
    return response.choices[0].message.content


@right
def step_by_step(client, question, settings):
    reasons = settings.get("reasoning_effort") not in (None, "none")
    parameters = {}
    for name, value in settings.items():
        if value is None or (reasons and name in SAMPLING):
            continue
        parameters["max_completion_tokens" if name == "max_tokens" else name] = value
        if name in SAMPLING:
            parameters["reasoning_effort"] = "none"
    return send(client, question, parameters)


@wrong("partly right", "Request 1 has max_tokens=")
def sends_them_as_they_are(client, question, settings):
    return send(client, question, settings)


@wrong("partly right", "Request 1 has no reasoning_effort, and 'none' was expected")
def renames_the_cap_only(client, question, settings):
    parameters = {k: v for k, v in settings.items() if v is not None}
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    return send(client, question, parameters)


@wrong("partly right", "Request 1 also has reasoning_effort, and nothing else should be added")
def always_without_reasoning(client, question, settings):
    parameters = {k: v for k, v in settings.items() if v is not None}
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    return send(client, question, {**parameters, "reasoning_effort": "none"})


@wrong("partly right", "and nothing else should be added")
def sends_null(client, question, settings):
    parameters = dict(settings)
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    effort = parameters.get("reasoning_effort") or "none"
    sampling = [name for name in SAMPLING if parameters.get(name) is not None]
    if sampling and effort == "none":
        parameters["reasoning_effort"] = "none"
    elif effort != "none":
        parameters = {k: v for k, v in parameters.items() if k not in SAMPLING}
    return send(client, question, parameters)


@wrong("partly right", "Request 1 has no temperature, and 0.0 was expected")
def drops_zeros(client, question, settings):
    parameters = {k: v for k, v in settings.items() if v}
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    if parameters.get("reasoning_effort", "none") != "none":
        parameters = {k: v for k, v in parameters.items() if k not in SAMPLING}
    elif any(name in parameters for name in SAMPLING):
        parameters["reasoning_effort"] = "none"
    return send(client, question, parameters)


@wrong("partly right", "It removed 'max_tokens' from the caller's settings")
def changes_the_settings(client, question, settings):
    for name in [k for k, v in settings.items() if v is None]:
        del settings[name]
    if "max_tokens" in settings:
        settings["max_completion_tokens"] = settings.pop("max_tokens")
    if settings.get("reasoning_effort", "none") != "none":
        for name in SAMPLING:
            settings.pop(name, None)
    elif any(name in settings for name in SAMPLING):
        settings["reasoning_effort"] = "none"
    return send(client, question, settings)


@right
def with_sets_of_names(client, question, settings):
    given = {k: v for k, v in settings.items() if v is not None}
    effort = given.pop("reasoning_effort", None)
    if effort not in (None, "none"):
        given = {k: given[k] for k in given.keys() - set(SAMPLING)}
    elif given.keys() & set(SAMPLING):
        effort = "none"
    if effort is not None:
        given["reasoning_effort"] = effort
    cap = given.pop("max_tokens", None)
    if cap is not None:
        given["max_completion_tokens"] = cap
    return send(client, question, given)


@right
def with_omit(client, question, settings):
    given = {k: (openai.omit if v is None else v) for k, v in settings.items()}
    given["max_completion_tokens"] = given.pop("max_tokens", openai.omit)
    sent = {k for k, v in given.items() if v is not openai.omit}
    if given.get("reasoning_effort", openai.omit) in (openai.omit, "none"):
        if sent & set(SAMPLING):
            given["reasoning_effort"] = "none"
    else:
        given.update(dict.fromkeys(SAMPLING, openai.omit))
    return send(client, question, given)


def translated(settings, sampling=SAMPLING):
    """A right translation, but for the names in `sampling`."""
    parameters = {k: v for k, v in settings.items() if v is not None}
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    if parameters.get("reasoning_effort", "none") != "none":
        return {k: v for k, v in parameters.items() if k not in sampling}
    if any(name in parameters for name in sampling):
        parameters["reasoning_effort"] = "none"
    return parameters


@wrong("partly right", "Request 1 has top_p=")
def drops_only_the_temperature(client, question, settings):
    parameters = translated(settings)
    if parameters.get("reasoning_effort", "none") != "none":
        kept = {k: v for k, v in settings.items() if k in SAMPLING[1:] and v is not None}
        parameters |= kept
    return send(client, question, parameters)


@wrong("partly right", "Request 1 has no reasoning_effort, and 'none' was expected (presence_")
def forgets_the_presence_penalty(client, question, settings):
    sampling = [name for name in SAMPLING if name != "presence_penalty"]
    return send(client, question, translated(settings, sampling))


@wrong("partly right", "Request 1 has no temperature, and ")
def takes_no_effort_for_an_effort(client, question, settings):
    parameters = translated(settings)
    if "reasoning_effort" in settings and settings["reasoning_effort"] != "none":
        parameters = {k: v for k, v in parameters.items() if k not in SAMPLING}
    return send(client, question, parameters)


@wrong("partly right", "Request 1 has no seed, and ")
def knows_only_some_settings(client, question, settings):
    known = {*SAMPLING, "max_completion_tokens", "reasoning_effort"}
    return send(client, question, {k: v for k, v in translated(settings).items() if k in known})


@wrong("wrong", "No user message of request 1 has the question")
def forgets_the_question(client, question, settings):
    return send(client, "Hello", translated(settings))
