"""Rows of the table: parameters of Word2Vec, train, Corpus and Vocabulary."""

import math

from w2vfast import Callback, Corpus, Vocabulary, Word2Vec

TITLE = "Parameters"
TEXT = (
    "Parameters are checked before the corpus is read. Names of gensim, word2vec.c and "
    "fastText are answered with ours."
)
CODE = True
SENTENCES = [["a", "b", "c"], ["b", "a"]] * 9


def model(**given):
    return Word2Vec(SENTENCES, **{"min_count": 1, "workers": 1} | given)


def new(answer, **given):
    """Return the row of a constructor call."""
    (name, value), *_ = given.items()
    return f"Word2Vec(…, {name}={value!r})", lambda f: model(**given), answer


def train(answer, **given):
    """Return the row of a call of train."""
    (name, value), *_ = given.items()
    return f"train({name}={value!r})", lambda f: model().train(**given), answer


def watch(answer, **given):
    """Return the row of a call of train with a callback that has wrong attributes."""
    (name, value), *_ = given.items()
    callback = type("Watch", (Callback,), given)()
    text = f"train(callbacks=callback), where callback.{name} is {value!r}"
    return text, lambda f: model().train(callbacks=callback), answer


UNKNOWN = "TypeError: {} is unknown to Word2Vec(): {}"
SUBWORDS = "w2vfast trains whole words, without subwords: leave it out"
SEEDS = "expected a whole number from 0 to 18,446,744,073,709,551,615; pass seed"
ROWS = [
    new("TypeError: vector_size='100': expected a whole number, such as vector_size=100",
        vector_size="100"),
    new("TypeError: vector_size=100.0: expected a whole number, such as vector_size=100",
        vector_size=100.0),
    new("TypeError: window=None: expected a whole number, such as window=5", window=None),
    new("TypeError: epochs=True: expected a whole number, such as epochs=5", epochs=True),
    new("ValueError: vector_size=0: expected a whole number from 1 to 2,147,483,647",
        vector_size=0),
    new("ValueError: epochs=2147483648: expected a whole number from 1 to 2,147,483,647",
        epochs=2**31),
    new("MemoryError: vector_size=2147483647 for 2 words needs 34,359,738,368 bytes, but "
        "… bytes of memory are available: choose a smaller vector_size, "
        "or dtype='float16'",
        vector_size=2**31 - 1),
    ("Word2Vec(…, epochs=10**5000)", lambda f: model(epochs=10**5000),
     "ValueError: epochs=(a number of 16,610 bits): expected a whole number from 1 to "
     "2,147,483,647"),
    new("ValueError: window=0: expected a whole number from 1 to 65,536", window=0),
    new("ValueError: window=65537: expected a whole number from 1 to 65,536",
        window=65_537),
    new("ValueError: negative=0: expected a whole number from 1 to 65,536; for "
        "hierarchical softmax pass loss='hierarchical_softmax'", negative=0),
    new(f"ValueError: seed=-1: {SEEDS}=18446744073709551615", seed=-1),
    new(f"ValueError: seed=18446744073709551616: {SEEDS}=0", seed=2**64),
    new("TypeError: seed='x': expected a whole number, such as seed=1", seed="x"),
    new("ValueError: alpha=nan: expected a finite number above 0, such as alpha=0.025",
        alpha=math.nan),
    new("ValueError: alpha=inf: expected a finite number above 0, such as alpha=0.025",
        alpha=math.inf),
    new("ValueError: alpha=0.0: expected a finite number above 0, such as alpha=0.025",
        alpha=0),
    new("TypeError: alpha='fast': expected a number, such as alpha=0.025", alpha="fast"),
    new("ValueError: alpha=0.01, min_alpha=0.5: expected 0 <= min_alpha <= alpha; "
        "lower min_alpha, or raise alpha", alpha=0.01, min_alpha=0.5),
    new("ValueError: sample=-0.5: expected a finite number of at least 0, such as "
        "sample=0.001",
        sample=-0.5),
    new("ValueError: ns_exponent=nan: expected a number from -100 to 100, such as "
        "ns_exponent=0.75", ns_exponent=math.nan),
    new("ValueError: min_count=100 leaves no word: the most frequent one occurs 18 times; "
        "lower min_count or give more text", min_count=100),
    new("ValueError: architecture='cbov': expected one of 'skipgram', 'cbow'",
        architecture="cbov"),
    new("ValueError: loss='hs': expected one of 'negative_sampling', 'softmax', "
        "'hierarchical_softmax', 'negative_sampling+hierarchical_softmax'", loss="hs"),
    new("ValueError: preset='basket': expected one of 'text', 'items', 'walks'",
        preset="basket"),
    new("ValueError: negative=5 with loss='softmax': only loss='negative_sampling' has "
        "negative, ns_exponent, shared_negatives; leave negative out, or pass "
        "loss='negative_sampling'", negative=5, loss="softmax"),
    new("TypeError: progress='yes': expected True, False, or None to show bars only on a "
        "terminal", progress="yes"),
    new("ValueError: workers=0: expected 1 or more threads, such as workers=… for all cores "
        "available", workers=0),
    new("ValueError: kernels='fast': expected 'auto' or one of …", kernels="fast"),
    new("TypeError: vocabulary is a dict: expected a Vocabulary: pass "
        "Vocabulary.from_frequencies(counts), with the count of each word",
        vocabulary={"a": 5}),
    new("TypeError: vocabulary is a list: expected a Vocabulary: pass Vocabulary(words, "
        "counts), or Vocabulary.from_frequencies(counts)", vocabulary=["a", "b"]),
    ("Word2Vec(…, vocabulary=model)", lambda f: model(vocabulary=model()),
     "TypeError: vocabulary is a Word2Vec: expected a Vocabulary: pass model.vocabulary"),
    ("Word2Vec(…, vocabulary=model.wv)", lambda f: model(vocabulary=model().wv),
     "TypeError: vocabulary is a KeyedVectors: expected a Vocabulary: pass "
     "Vocabulary(wv.index_to_key, counts), with the count of each word"),
    ("Word2Vec(…, vocabulary=Vocabulary(['x', 'y'], [1, 1]))",
     lambda f: model(vocabulary=Vocabulary(["x", "y"], [1, 1])),
     "ValueError: no token of the corpus is in the vocabulary: the most frequent word is "
     "'a' here, and 'x' there; prepare the text in the same way, such as its case and its "
     "tokens"),
    ("Word2Vec([['a', 'a']], min_count=1)", lambda f: Word2Vec([["a", "a"]], min_count=1),
     "ValueError: the vocabulary has a single word with min_count=1; training needs two: "
     "give more text"),
    ("Word2Vec([['a', 'a']], min_count=2)", lambda f: Word2Vec([["a", "a"]], min_count=2),
     "ValueError: the vocabulary has a single word with min_count=2; training needs two: "
     "lower min_count or give more text"),
    ("Word2Vec(Corpus(…), encoding='gbk')",
     lambda f: Word2Vec(Corpus(SENTENCES), encoding="gbk"),
     "ValueError: encoding, errors, field are for reading files, but the source is a "
     "Corpus, which has been read: pass them to Corpus(path, …)"),
    ("Corpus(…, memory_limit=-1)", lambda f: Corpus(SENTENCES, memory_limit=-1),
     "ValueError: memory_limit=-1: expected 0 bytes or more"),
    train("TypeError: after_epoch=5: expected a function of the model, such as "
          "after_epoch=lambda model: print(model.loss_history[-1])", after_epoch=5),
    train("TypeError: after_epoch=[]: expected a function of the model, …",
          after_epoch=[]),
    watch("TypeError: Watch.progress_seconds='x': expected a number of seconds, such as "
          "1.0", progress_seconds="x"),
    watch("ValueError: Watch.progress_seconds=-1: expected 0 or more",
          progress_seconds=-1),
    watch("TypeError: Watch.progress_tokens=0.5: expected a number of tokens, such as "
          "100_000, or None", progress_tokens=0.5),
    watch("ValueError: Watch.progress_tokens=0: expected 1 or more, or None",
          progress_tokens=0),
    train("TypeError: alhpa is unknown to train(): did you mean alpha=0.1?", alhpa=0.1),
    train("TypeError: iter is unknown to train(): pass epochs=3", iter=3),
    train("TypeError: total_examples is unknown to train(): the corpus is counted when "
          "it is read: leave it out", total_examples=9),
    train("TypeError: vector_size is fixed once the model exists; train() takes window, "
          "negative, …", vector_size=9),
    train("TypeError: vector_size is fixed once the model exists; …", size=9),
    train("TypeError: resume is unknown to train(): call Word2Vec.resume(path, corpus)",
          resume="run.ckpt"),
    train("TypeError: preset is unknown to train(): pass it to Word2Vec(preset=…)",
          preset="items"),
    train("ValueError: epochs=0: expected a whole number from 1 to 2,147,483,647",
          epochs=0),
]  # fmt: skip
ROWS += [
    new(UNKNOWN.format(name, answer), **{name: value})
    for name, value, answer in [
        ("size", 100, "pass vector_size=100"),
        ("dim", 100, "pass vector_size=100"),
        ("sg", 1, "pass architecture='skipgram'"),
        ("sg", 0, "pass architecture='cbow'"),
        ("cbow", 1, "pass architecture='cbow'"),
        ("iter", 5, "pass epochs=5"),
        ("epoch", 5, "pass epochs=5"),
        ("hs", 1, "pass loss='hierarchical_softmax', or "
         "loss='negative_sampling+hierarchical_softmax' for both losses"),
        ("hs", 0, "leave it out: negative sampling is the default"),
        ("lr", 0.1, "pass alpha=0.1"),
        ("threads", 4, "pass workers=4"),
        ("random_state", 7, "pass seed=7"),
        ("min_n", 3, SUBWORDS),
        ("minn", 3, SUBWORDS),
        ("bucket", 2000000, SUBWORDS),
        ("compute_loss", True, "the loss is always computed: see model.loss_history"),
        ("callbacks", [], "pass it to train(callbacks=…)"),
        ("checkpoint", "run.ckpt", "pass it to train(checkpoint=…)"),
        ("every", "5min", "pass it to train(every=…)"),
        ("resume", "run.ckpt", "call Word2Vec.resume(path, corpus)"),
        ("trim_rule", None,
         "choose the words with vocabulary=Vocabulary(words, counts)"),
        ("worker", 4, "did you mean workers=4?"),
        ("alfa", 0.1, "did you mean alpha=0.1?"),
        ("vectorsize", 50, "did you mean vector_size=50?"),
        ("minCount", 2, "pass min_count=2"),
        ("colour", "red", "Word2Vec() takes corpus, vector_size, …"),
    ]
]  # fmt: skip
ROWS += [
    ("Word2Vec(sentences=[['a']])", lambda f: Word2Vec(sentences=[["a"]]),
     UNKNOWN.format("sentences", "pass corpus=[['a']]")),
    ("Word2Vec(corpus_file='x.txt')", lambda f: Word2Vec(corpus_file="x.txt"),
     UNKNOWN.format("corpus_file", "pass corpus='x.txt'")),
]  # fmt: skip
