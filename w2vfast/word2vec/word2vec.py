"""The class Word2Vec: parameters and a corpus in, word vectors out."""

from __future__ import annotations

from typing import Any

from w2vfast.corpus import Corpus, Vocabulary
from w2vfast.corpus.known_words import as_corpus
from w2vfast.runtime.public_methods import named_after_class
from w2vfast.training.checks import check_memory, check_vocabulary
from w2vfast.training.corpus_defaults import fit_to_corpus
from w2vfast.training.execution import Execution
from w2vfast.training.parameter_names import answer_unknown_parameters
from w2vfast.training.parameters import (
    DEFAULT_RARE_POWER,
    DEFAULT_SAMPLE,
    Parameters,
)
from w2vfast.training.presets import fill_from_preset
from w2vfast.training.warm_start import initial_state
from w2vfast.word2vec.files import FileMethods
from w2vfast.word2vec.memory import MemoryMethods
from w2vfast.word2vec.pictures import PictureMethods
from w2vfast.word2vec.scores import ScoreMethods


@named_after_class
class Word2Vec(FileMethods, MemoryMethods, PictureMethods, ScoreMethods):
    """
    Learn a vector for every word of a corpus (arXiv:1301.3781, arXiv:1310.4546).

    Parameters
    ----------
    corpus : Corpus, path, list of paths, or iterable of token lists
        Read, counted and encoded once, when the model is created. See `Corpus`, also
        for open files and ids.
    vector_size : int, default 100
        Dimensions of the vectors.
    window : int, default 5
        Largest distance between a centre word and an outside word.
    min_count : int, default 5
        Leave out words that occur less often.
    architecture : {"skipgram", "cbow"}
        Predict the outside words from the centre, or the centre from its context.
    loss : {"negative_sampling", "softmax", "hierarchical_softmax", ...}
        The objective. "negative_sampling+hierarchical_softmax" takes both in one step.
        "softmax" is exact over the whole vocabulary. It takes
        6 * words * vector_size operations per centre, so it suits vocabularies of up
        to about 10,000 words.
    negative : int, optional
        Negatives per pair of centre and outside word; None means 5. Only negative
        sampling has this parameter, `ns_exponent` and `shared_negatives`.
    ns_exponent : float, optional
        Exponent of the noise distribution: negatives are drawn in proportion to
        count ** ns_exponent. None means 0.75.
    sample : float, optional
        Subsampling threshold: tokens of words with a larger share of the corpus are
        dropped at random. 0 keeps all tokens. None means 1e-4 for large corpora, and
        the share of a word with 1,000 tokens for those of under 10 million tokens, up
        to 1e-3; in any case at least the average share of a word, 1 / words.
    alpha : float, optional
        Initial learning rate. None means 0.025 for skip-gram, and for CBOW 0.075, 0.1
        with softmax, or 0.05 with hierarchical softmax. With negative sampling and
        without `initial_vectors` the rate also depends on the corpus: skip-gram has up
        to 0.05 when tokens * epochs is below 80 million, and CBOW less for a few words
        with many tokens, such as the nodes of a small graph.
    min_alpha : float, default 1e-4
        Final learning rate. The rate falls linearly.
    epochs : int, default 5
        Passes over the corpus.
    workers : int, optional
        Number of threads. None means all cores available to this process. One thread
        gives the same vectors in every run; `deterministic` does with any number.
    seed : int, default 1
        Seed of all random decisions.
    max_final_vocab : int, optional
        Keep only this many of the most frequent words.
    shrink_windows : bool, default True
        Draw the window of each centre from 1 to `window`, so that close words count
        more. See also `weighted_windows`.
    cbow_mean : bool, default True
        Average the context's vectors instead of adding them.
    cbow_exact : bool, default False
        Give each context word its exact share of the gradient, 1 / (words in the
        window). False gives each the whole gradient, as word2vec.c does, which acts
        like a larger learning rate.
    chunk_size : int, optional
        L, the number of centres in a batch. None means 128 (softmax: vector_size
        rounded up to a multiple of 16), or less for a small vocabulary (an eighth of
        it) or a small corpus (one centre per 16,384 tokens). `deterministic`
        trains 2 to 4 batches at a time, each of the same size or less.
    shared_negatives : int, optional
        K', the number of negatives that a batch shares. None means 32 for
        ``negative=5``, and in proportion for other values. 0 draws `negative` fresh
        negatives for each pair; with ``chunk_size=1`` that is the textbook algorithm.
    thin_gradients : bool, optional
        Compute the gradients of the shared negatives from every second centre of a
        batch (in skip-gram: every second distinct one), and double them. That saves a
        sixth of the arithmetic on negatives. The expected gradient is the same, and the
        gradients of centres do not change. None means True if the tokens of the
        vocabulary times the epochs are 40 million or more, and if batches have 64
        centres or more. It cannot be combined with ``shared_negatives=0`` or
        ``matmul_precision="bfloat16"``.
    alpha_interval : int, default 0
        Tokens between changes of the learning rate. 0 changes it with every batch.
        gensim changes it every 10,000 words, which matters for small corpora.
    deterministic : bool, default False
        Give the same vectors, bit for bit, for any number of workers. Threads then
        wait for each other after every batch. Up to 4 threads (softmax: 8) are used.
    weighted_windows : bool, optional
        Do not draw windows: train all pairs within `window`, each with its share of
        the windows that would be drawn, (window + 1 - distance) / window. The expected
        gradient is the same, with less noise. None means True where it is possible:
        skip-gram with negative sampling or softmax, and shrink_windows=True. False
        draws windows, as word2vec does.
    rare_power : float, default 0.25
        Exponent p of the larger learning rate for rows with few updates. The rate of a
        word that the run visits n times is multiplied by (5000 / n) ** p, at least 1
        and at most 3. n counts the tokens left by subsampling in all epochs. 0 gives
        all words the same rate, as word2vec does.
    dtype : {"float32", "float16"}
        Type of the numbers that the model stores. "float16" halves the memory of the
        vectors and the file of the model. Training computes in float32 and rounds a
        row once per batch. It cannot be combined with ``loss="softmax"``.
    matmul_precision : {"float32", "bfloat16"}
        "bfloat16" rounds the operands of the products with negatives to 8
        significant bits; sums and vectors stay float32. It is faster on CPUs with
        Intel AMX (Sapphire Rapids, 2023, and later) and slower on others.
    shuffle : bool, optional
        Train the sentences in a random order, the same in every epoch. It gives better
        vectors where neighbouring sentences are about the same things, as in the
        articles of an encyclopedia. It takes 2 to 8 % more time there, and up to a
        third more where sentences have five words. None means True if the vocabulary
        has up to 250 million tokens. A corpus that exceeds the memory should keep its
        order, or be shuffled on disk before.
    preset : {"text", "items", "walks"}, optional
        Parameters for text, for items that users choose, or for walks on graphs, in
        place of the defaults: `w2vfast.presets`. Parameters that are given as well
        keep their values.
    kernels : {"auto", "base", "avx2", "avx512", "reference"}
        Build of the inner loops. "auto" means the environment variable
        W2VFAST_KERNELS, or the fastest build that this CPU supports.
    encoding : str, default "utf-8"
        Encoding of the corpus files: any text encoding of Python.
    errors : {"strict", "replace", "ignore", "surrogateescape"}
        What to do with bytes that are not in the encoding. "strict" is the default: an
        error with the file, the line and the byte.
    field : str, optional
        Read only this field of JSON Lines, or this column of CSV, TSV or a table.
    max_counted_words : int, optional
        Bound the memory for counting the words of files and tables: count this many
        words at most, in two passes; see `Corpus`. None means all words, in one pass.
    vocabulary : Vocabulary, optional
        Words to train, instead of those chosen by min_count and max_final_vocab.
    initial_vectors : KeyedVectors, Word2Vec, or mapping of str to array, optional
        Words found in it start from its vectors, which have vector_size dimensions.
        Other words start from random vectors. A Word2Vec model also gives its outside
        vectors and tree nodes. The logger "w2vfast" reports how many words were found.
    frozen : bool, list of str, or bool array of shape (words,), optional
        Words whose vectors do not change in training. True: all words found in
        `initial_vectors`. See the attribute `frozen`.
    progress : bool, optional
        Show progress bars. None: only if standard error is a terminal.

    Attributes
    ----------
    wv : KeyedVectors
        The centre vectors of the words at this moment.
    outside_vectors : array of `dtype`, (words, vector_size)
        The outside vectors u_w, a view. With hierarchical softmax, row n belongs to
        inner node n of the tree, and the last row is unused.
    vocabulary : Vocabulary
    frozen : bool array, (words,)
        Words whose vectors do not change in training. Can be set.
    corpus : Corpus or None
        None for a loaded model until it is trained or extended.
    loss_history : list of float
        Mean loss of each epoch during training, per pair of centre and outside word
        (CBOW: per centre), negatives included. nan if subsampling left no pair.
    stopped : Stopped or None
        Where and why the last run stopped before its end: reason, epoch, block and
        tokens. None if it is complete.
    kernels : str
        Name of the kernel build.
    parameters : Parameters
    timings : dict of str to Seconds
        Duration of each phase so far, as ``.wall`` and ``.cpu`` seconds (all threads):
        "scan", "vocabulary", "tables" (initial vectors), "prepare" (noise distribution
        or tree), "train", "save".

    Raises
    ------
    ValueError, TypeError
        If a parameter is out of range or unknown, a corpus file is not text, or fewer
        than two words are left to train.
    FileNotFoundError
        If `corpus` is a path that does not exist.
    MemoryError
        If the vectors do not fit the memory available.
    ImportError
        If the kernel build is not installed or this CPU cannot run it.

    Examples
    --------
    >>> from w2vfast import Word2Vec
    >>> sentences = [["the", "quick", "fox"], ["the", "lazy", "dog"]] * 10
    >>> model = Word2Vec(sentences, vector_size=16, min_count=1, sample=0).train()
    >>> len(model.wv)
    5
    """

    @fill_from_preset
    @answer_unknown_parameters
    def __init__(
        self,
        corpus: Any,
        vector_size: int = 100,
        window: int = 5,
        min_count: int = 5,
        architecture: str = "skipgram",
        loss: str = "negative_sampling",
        negative: int | None = None,
        ns_exponent: float | None = None,
        sample: float | None = None,
        alpha: float | None = None,
        min_alpha: float = 1e-4,
        epochs: int = 5,
        workers: int | None = None,
        seed: int = 1,
        max_final_vocab: int | None = None,
        shrink_windows: bool = True,
        cbow_mean: bool = True,
        kernels: str = "auto",
        progress: bool | None = None,
        *,
        cbow_exact: bool = False,
        chunk_size: int | None = None,
        shared_negatives: int | None = None,
        thin_gradients: bool | None = None,
        alpha_interval: int = 0,
        deterministic: bool = False,
        weighted_windows: bool | None = None,
        rare_power: float = DEFAULT_RARE_POWER,
        dtype: str = "float32",
        matmul_precision: str = "float32",
        shuffle: bool | None = None,
        preset: str | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
        max_counted_words: int | None = None,
        vocabulary: Vocabulary | None = None,
        initial_vectors: Any = None,
        frozen: Any = None,
    ) -> None:
        parameters = Parameters(
            vector_size=vector_size,
            window=window,
            min_count=min_count,
            architecture=architecture,
            loss=loss,
            negative=negative,
            ns_exponent=ns_exponent,
            sample=DEFAULT_SAMPLE if sample is None else sample,
            alpha=alpha,
            min_alpha=min_alpha,
            epochs=epochs,
            seed=seed,
            max_final_vocab=max_final_vocab,
            shrink_windows=shrink_windows,
            cbow_mean=cbow_mean,
            cbow_exact=cbow_exact,
            chunk_size=chunk_size,
            shared_negatives=shared_negatives,
            thin_gradients=thin_gradients,
            alpha_interval=alpha_interval,
            deterministic=deterministic,
            weighted_windows=weighted_windows,
            rare_power=rare_power,
            dtype=dtype,
            matmul_precision=matmul_precision,
            shuffle=shuffle,
        )
        self._set_execution(Execution.resolve(workers, kernels, progress))
        check_memory(parameters, 2)  # before reading for long
        text: dict[str, Any] = {"encoding": encoding, "errors": errors, "field": field}
        with self.timings.phase("scan"):
            self.corpus: Corpus | None = as_corpus(
                corpus, vocabulary, self.workers, progress, max_counted_words, **text
            )
        with self.timings.phase("vocabulary"):
            words = self.corpus.vocabulary(min_count, max_final_vocab)
        check_vocabulary(words)
        # The steps for small corpora would be too large for vectors already trained.
        rate = alpha is None and initial_vectors is None
        size = len(words), int(words.counts.sum())
        parameters = fit_to_corpus(parameters, *size, sample=sample is None, alpha=rate)
        check_memory(parameters, len(words))
        with self.timings.phase("tables"):
            source = initial_vectors
            source = source._state if isinstance(source, Word2Vec) else source
            self._state = initial_state(parameters, words, source, frozen)
