"""The loss of a model on other text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from w2vfast.corpus.known_words import as_corpus
from w2vfast.word2vec.attributes import Attributes

if TYPE_CHECKING:
    from w2vfast.evaluation.held_out import HeldOutLoss


class ScoreMethods(Attributes):
    """The method of `Word2Vec` that evaluates the model on a corpus."""

    def evaluate_loss(
        self,
        corpus: Any,
        *,
        sample: float = 0,
        workers: int | None = None,
        encoding: str = "utf-8",
        errors: str = "strict",
        field: str | None = None,
    ) -> HeldOutLoss:
        """
        Return the exact mean loss of a corpus under this model, and its perplexity.

        The loss is -log P(o | c), averaged over all pairs within `window` of each
        other. Windows have their full size. P is the softmax over the vocabulary,
        whatever loss the model was trained with. For hierarchical softmax, P is the
        product along the path, which also sums to 1.

        With skip-gram the time grows with words² * vector_size and hardly depends on
        the corpus. With CBOW it grows with tokens * words * vector_size. A warning
        precedes an evaluation of more than ten minutes. The softmax of a model with
        ``dtype="float16"`` needs memory for float32 copies of its vectors.

        Parameters
        ----------
        corpus : Corpus, path, list of paths, or iterable of token lists
            Any text. Unknown words are skipped.
        sample : float, default 0
            Subsampling threshold, as in training. Every call draws the same tokens.
            0 keeps all tokens.
        workers : int, optional
            Number of threads for this call.
        encoding, errors, field
            For reading files, as in `Word2Vec`.

        Returns
        -------
        HeldOutLoss
            With attributes loss, perplexity and pairs.

        Raises
        ------
        ValueError
            If no two words of the corpus are in one window.
        FloatingPointError
            If the vectors are infinite or NaN.
        """
        from w2vfast.evaluation import held_out  # needed here only

        execution = self._execution(workers)
        text: dict[str, Any] = {"encoding": encoding, "errors": errors, "field": field}
        data = as_corpus(
            corpus, self.vocabulary, execution.workers, execution.progress, **text
        )
        return held_out.evaluate_loss(self._state, data, sample, execution)
