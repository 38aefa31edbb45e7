"""Answers for 06.4 embed_in_batches."""

import openai
from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def vectors_of(client, texts):
    data = client.embeddings.create(model=MODEL, input=texts).data
    return [item.embedding for item in sorted(data, key=lambda item: item.index)]


def batched(texts, size):
    return [texts[start : start + size] for start in range(0, len(texts), size)]


@right
def with_an_iterator(client, texts, size):
    wanted = [text for text in texts if text.strip()]
    made = iter([v for batch in batched(wanted, size) for v in vectors_of(client, batch)])
    return [next(made) if text.strip() else None for text in texts]


@right
def by_text(client, texts, size):
    wanted = [text for text in texts if text and not text.isspace()]
    known = {}
    for batch in batched(wanted, size):
        known.update(zip(batch, vectors_of(client, batch), strict=True))
    return [known.get(text) for text in texts]


@wrong("partly right", "texts, and at most")
def everything_at_once(client, texts, size):
    wanted = [text for text in texts if text.strip()]
    made = iter(vectors_of(client, wanted) if wanted else [])
    return [next(made) if text.strip() else None for text in texts]


@wrong("partly right", "It raised openai.BadRequestError")
def sends_the_blank_ones(client, texts, size):
    made = [v for batch in batched(texts, size) for v in vectors_of(client, batch)]
    return [v if text.strip() else None for v, text in zip(made, texts, strict=True)]


@wrong("partly right", "texts are not blank")
def drops_blanks_after_cutting(client, texts, size):
    known = {}
    for batch in batched(texts, max(1, size - 2)):
        wanted = [text for text in batch if text.strip()]
        if wanted:
            known.update(zip(wanted, vectors_of(client, wanted), strict=True))
    return [known.get(text) for text in texts]


@wrong("partly right", "is the vector of")
def takes_index_for_the_whole_list(client, texts, size):
    wanted = [text for text in texts if text.strip()]
    made = []
    for batch in batched(wanted, size):
        made += [item.embedding for item in client.embeddings.create(model=MODEL, input=batch).data]
    found = iter(made)
    return [next(found) if text.strip() else None for text in texts]


@wrong("partly right", "items, and")
def leaves_the_blank_ones_out(client, texts, size):
    wanted = [text for text in texts if text.strip()]
    return [v for batch in batched(wanted, size) for v in vectors_of(client, batch)]


@wrong("partly right", "It sent the blank text")
def only_drops_the_empty_text(client, texts, size):
    wanted = [text for text in texts if text]
    known = {}
    for batch in batched(wanted, size):
        known.update(zip(batch, vectors_of(client, batch), strict=True))
    return [known.get(text) if text.strip() else None for text in texts]


@wrong("partly right", "openai.BadRequestError was expected")
def hides_a_failure(client, texts, size):
    known = {}
    for batch in batched([text for text in texts if text.strip()], size):
        try:
            known.update(zip(batch, vectors_of(client, batch), strict=True))
        except openai.APIError:
            continue
    return [known.get(text) for text in texts]


@right
def one_place_at_a_time(client, texts, size):
    vectors = [None] * len(texts)
    batch = []
    for place, text in enumerate(texts):
        if text.strip():
            batch.append(place)
        if batch and (len(batch) == size or place == len(texts) - 1):
            asked = [texts[n] for n in batch]
            for item in client.embeddings.create(model=MODEL, input=asked).data:
                vectors[batch[item.index]] = item.embedding
            batch = []
    return vectors


@wrong("partly right", "texts are not blank")
def drops_blanks_from_full_batches(client, texts, size):
    known = {}
    for batch in batched(texts, size):
        wanted = [text for text in batch if text.strip()]
        if wanted:
            known.update(zip(wanted, vectors_of(client, wanted), strict=True))
    return [known.get(text) for text in texts]


@wrong("partly right", "texts are not blank")
def sends_small_batches(client, texts, size):
    wanted = [text for text in texts if text.strip()]
    known = {}
    for batch in batched(wanted, max(1, size - 1)):
        known.update(zip(batch, vectors_of(client, batch), strict=True))
    return [known.get(text) for text in texts]


@wrong("partly right", "'\\u2003\\xa0'")
def knows_only_plain_blanks(client, texts, size):
    wanted = [text for text in texts if text.strip(" \n\t")]
    known = {}
    for batch in batched(wanted, size):
        known.update(zip(batch, vectors_of(client, batch), strict=True))
    return [known.get(text) if text.strip() else None for text in texts]
