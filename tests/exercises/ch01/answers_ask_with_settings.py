"""Answers for 01.3 ask_with_settings."""

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


@wrong("partly right", "The settings are empty, and the request also has reasoning_effort")
def always_without_reasoning(client, question, settings):
    parameters = {k: v for k, v in settings.items() if v is not None}
    if "max_tokens" in parameters:
        parameters["max_completion_tokens"] = parameters.pop("max_tokens")
    return send(client, question, {**parameters, "reasoning_effort": "none"})


@wrong("partly right", "The request has seed, temperature, top_p as null")
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


@wrong("partly right", "Request 1 has no frequency_penalty, and 0.0 was expected")
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
