"""Names of parameters that another function takes: which one, for errors."""

from __future__ import annotations

#: What `Word2Vec.train` takes besides the parameters of a model, and of it what the
#: constructor does not take.
_ONLY_TRAIN = ("after_epoch", "callbacks", "max_seconds", "checkpoint", "every")
TRAIN_OPTIONS = ("corpus", "workers", "kernels", "progress", *_ONLY_TRAIN)
#: What `Word2Vec` takes for good besides the parameters of a model.
OF_MODEL = ("preset", "vocabulary", "initial_vectors", "frozen")
_RESUME = "call Word2Vec.resume(path, corpus)"
_RESUMING = ("resume", "resume_from", "resume_from_checkpoint")

#: For `Word2Vec`: what only its methods take.
OF_METHODS = {
    **{name: f"pass it to train({name}=…)" for name in _ONLY_TRAIN},
    **dict.fromkeys(_RESUMING, _RESUME),
}
#: For `Word2Vec.train`: what only the constructor takes.
OF_CONSTRUCTOR = {
    **{name: f"pass it to Word2Vec({name}=…)" for name in OF_MODEL},
    "max_counted_words": "pass Corpus(path, max_counted_words=…) as the corpus",
    "frozen": "set model.frozen, or pass it to Word2Vec(frozen=…)",
    **dict.fromkeys(
        ("trim_rule", "read_vocab"),
        "choose the words with Word2Vec(vocabulary=Vocabulary(words, counts))",
    ),
    **dict.fromkeys(_RESUMING, _RESUME),
}
#: For `Word2Vec.resume`.
OF_CORPUS = {"max_counted_words": OF_CONSTRUCTOR["max_counted_words"]}
#: For `distributed.train`: what only one process has.
OF_ONE_PROCESS = {
    **dict.fromkeys(
        (
            *("after_epoch", "callbacks", "max_seconds", "vocabulary"),
            *("initial_vectors", "frozen", "max_counted_words"),
            *("trim_rule", "read_vocab"),
        ),
        "only a run of one process has it: train with Word2Vec, or leave it out",
    ),
    **dict.fromkeys(_RESUMING, "call w2vfast.distributed.resume(path, corpus)"),
}
