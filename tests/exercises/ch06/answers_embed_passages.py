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


@wrong("partly right", "the last one holds nothing new")
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


@wrong("partly right", "belongs to another text")
def in_the_order_of_the_answer(client, articles, size, overlap, encode, decode):
    check(size, overlap)
    pieces = []
    for id, text in articles.items():
        tokens = encode(text)
        starts = range(0, max(len(tokens) - overlap, 1), size - overlap) if tokens else []
        pieces += [(id, decode(tokens[n : n + size])) for n in starts]
    data = client.embeddings.create(model=MODEL, input=[text for _, text in pieces]).data
    return [(*piece, item.embedding) for piece, item in zip(pieces, data, strict=True)]
