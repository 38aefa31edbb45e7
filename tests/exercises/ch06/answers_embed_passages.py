"""Answers for 06.5 embed_passages."""

from exercise_answers import right, wrong

MODEL = "simulated-embeddings"


def with_vectors(client, pieces):
    data = client.embeddings.create(model=MODEL, input=[text for _, text in pieces]).data
    vectors = [item.embedding for item in sorted(data, key=lambda item: item.index)]
    return [[id, text, vector] for (id, text), vector in zip(pieces, vectors, strict=True)]


def check(size, overlap):
    if overlap >= size:
        raise ValueError("overlap must be smaller than size")


@right
def with_a_while_loop(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens, start = encode(text), 0
        while tokens:
            pieces.append((id, decode(tokens[start : start + size])))
            if start + size >= len(tokens):
                break
            start += size - overlap
    return with_vectors(client, pieces)


@wrong("wrong", "the last one holds nothing new")
def ends_with_a_useless_passage(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        for start in range(0, len(tokens), size - overlap):
            pieces.append((id, decode(tokens[start : start + size])))
        while overlap and len(pieces) < 60 and text:  # and repeats the end of every article
            pieces.append((id, decode(tokens[-overlap:])))
            break
    return with_vectors(client, pieces)


@wrong("partly right", "was expected")
def without_overlap(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        pieces += [(id, decode(tokens[n : n + size])) for n in range(0, len(tokens), size)]
    return with_vectors(client, pieces)


@wrong("partly right", "tokens, and at most")
def adds_the_overlap_to_the_size(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, len(tokens), size)
        pieces += [(id, decode(tokens[n : n + size + overlap])) for n in starts]
    return with_vectors(client, pieces)


@wrong("partly right", "tokens, and at most")
def counts_words(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        words = text.split(" ")
        starts = range(0, max(len(words) - overlap, 1), size - overlap) if text else []
        pieces += [(id, " ".join(words[n : n + size])) for n in starts]
    return with_vectors(client, pieces)


@wrong("partly right", "passages, and")
def loses_the_end(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, len(tokens) - size + 1, size - overlap)
        pieces += [(id, decode(tokens[n : n + size])) for n in starts]
    return with_vectors(client, pieces) if pieces else []


@wrong("partly right", "and ValueError was expected")
def accepts_any_overlap(client, articles, size, overlap, encode, decode):
    step = max(size - overlap, 1)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), step) if tokens else []
        pieces += [(id, decode(tokens[n : n + size])) for n in starts]
    return with_vectors(client, pieces)


@wrong("partly right", "It sent")
def one_request_an_article(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    made = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), size - overlap) if tokens else []
        pieces = [(id, decode(tokens[n : n + size])) for n in starts]
        made += with_vectors(client, pieces) if pieces else []
    return made


@wrong("partly right", "isn't that of its text")
def in_the_order_of_the_answer(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), size - overlap) if tokens else []
        pieces += [(id, decode(tokens[n : n + size])) for n in starts]
    data = client.embeddings.create(model=MODEL, input=[text for _, text in pieces]).data
    return [(*piece, item.embedding) for piece, item in zip(pieces, data, strict=True)]


@right
def with_a_generator(client, articles, size, overlap, encode, decode):
    check(size, overlap)

    def cut(tokens):
        yield tokens[:size]
        if len(tokens) > size:
            yield from cut(tokens[size - overlap :])

    pieces = [
        (id, decode(part))
        for id, tokens in ((id, encode(text)) for id, text in articles.items() if text)
        for part in cut(tokens)
    ]
    return with_vectors(client, pieces)


@right
def by_the_number_of_passages(client, articles, size, overlap, encode, decode):
    if size - overlap <= 0:
        raise ValueError(f"{overlap} is too much")
    pieces = []
    for id in articles:
        tokens = encode(articles[id])
        count = max(1, -(-(len(tokens) - overlap) // (size - overlap))) if tokens else 0
        for number in range(count):
            start = number * (size - overlap)
            pieces.append((id, decode(tokens[start : start + size])))
    return [tuple(row) for row in with_vectors(client, pieces)]


@wrong("partly right", "the last one holds nothing new (the article has")
def one_passage_too_many(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, len(tokens), size - overlap)
        pieces += [(id, decode(tokens[n : n + size])) for n in starts]
    return with_vectors(client, pieces)


@wrong("partly right", "was expected")
def cuts_all_articles_as_one(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces, tokens = [], []
    for id, text in articles.items():
        tokens += [(id, token) for token in encode(text)]
    for start in range(0, max(len(tokens) - overlap, 1), size - overlap):
        part = tokens[start : start + size]
        pieces.append((part[0][0], decode([token for _, token in part])))
    return with_vectors(client, pieces)


@wrong("partly right", "and none was expected")
def checks_too_late(client, articles, size, overlap, encode, decode):
    if overlap < size:
        return with_a_while_loop(client, articles, size, overlap, encode, decode)
    with_vectors(client, [("a", "b")])
    raise ValueError("too late")


@wrong("partly right", "It raised ValueError: too much")
def refuses_an_overlap_of_size_minus_one(client, articles, size, overlap, encode, decode):
    if overlap >= size - 1:
        raise ValueError("too much")
    return with_a_while_loop(client, articles, size, overlap, encode, decode)
