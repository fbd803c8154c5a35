"""Draw words and their neighbours (needs ``w2vfast[viz]``).

The methods import what they need: training and queries start sooner without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from w2vfast.vectors.neighbours import NeighbourQueries
from w2vfast.wording import quoted

#: Nearest words that an interactive plot shows for the word under the pointer.
_HOVERED_NEIGHBOURS = 5


class PlotMethods(NeighbourQueries):
    """Methods of `KeyedVectors` that draw pictures."""

    def plot(
        self,
        words: Iterable[str] | None = None,
        *,
        top: int | None = None,
        method: str = "pca",
        dimensions: int = 2,
        groups: Mapping[str, Iterable[str]] | Sequence[str] | None = None,
        pairs: Iterable[tuple[str, str]] | None = None,
        labels: int | bool = 150,
        ax: Any = None,
        seed: int = 1,
        interactive: bool = False,
    ) -> Any:
        """
        Draw words as points of a map, with labels that do not overlap.

        Only the vectors of the words drawn are read. They are scaled to length 1
        first, so that cosines decide.

        Parameters
        ----------
        words : iterable of str, optional
            Words to draw.
        top : int, optional
            Draw the most frequent words, too. Without `words`, `groups` and `pairs`
            the default is 100.
        method : {"pca", "tsne", "umap", "pacmap"}, default "pca"
            "pca" is the default because it needs no other package, gives the same
            picture in every run and keeps directions, which arrows show. The other
            methods keep neighbours together, which suits hundreds of words.
        dimensions : {2, 3}, default 2
        groups : mapping of str to iterable of str, or sequence of n str, optional
            Words by the name of their group, which are drawn as well; or the group of
            each word of `words`. Groups have colours and markers, and a legend.
        pairs : iterable of (str, str), optional
            Pairs to join by an arrow, such as countries and capitals. Their words
            are drawn as well.
        labels : int or bool, default 150
            How many words get labels, the first ones; words of `pairs` always do.
            True and False stand for all and none.
        ax : matplotlib Axes, optional
            By default a new figure of 8 by 8 inches.
        seed : int, default 1
            The same seed gives the same picture.
        interactive : bool, default False
            Return an Altair chart, which a notebook shows: zoom, pan, and the nearest
            words of the word under the pointer. Two dimensions, without `ax`.

        Returns
        -------
        matplotlib Axes or altair.LayerChart
            In three dimensions, labels stand apart as seen from the first point of
            view.

        Raises
        ------
        ImportError
            If a package is missing; the message says which one.
        KeyError
            If a word is unknown.
        TypeError, ValueError
            If there are too few words for `method`, or an argument has another form.

        Warns
        -----
        w2vfast.viz.captions.FontWarning
            If no installed font has a character. The words are then labelled with
            their rows.

        Examples
        --------
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["oslo", "norway", "rome", "italy"], np.eye(4))
        >>> ax = wv.plot(pairs=[("norway", "oslo"), ("italy", "rome")])
        >>> [text.get_text() for text in ax.texts if text.get_text()]
        ['norway', 'oslo', 'italy', 'rome']
        """
        from w2vfast.viz.chart import map_chart
        from w2vfast.viz.map import check_options, draw_map
        from w2vfast.viz.projection import check_method, project
        from w2vfast.viz.selection import select

        chosen = select(self, words, top, groups, pairs)
        limit = check_options(labels, ax, dimensions, interactive, len(chosen.words))
        check_method(method, dimensions, self.vector_size, len(chosen.words))
        places = project(self._unit_vectors(chosen.words), method, dimensions, seed)
        if not interactive:
            return draw_map(chosen, places, ax, limit)
        found = self.most_similar_batch(chosen.words, topn=_HOVERED_NEIGHBOURS)
        near = [[word for word, _ in each] for each in found]
        return map_chart(chosen, places, near, limit)

    def plot_neighbours(
        self,
        word: str,
        topn: int = 10,
        *,
        restrict_vocab: int | None = None,
        ax: Any = None,
    ) -> Any:
        """
        Draw the nearest words of a word as bars; their lengths are cosines.

        Parameters
        ----------
        word : str
        topn : int, default 10
            Number of bars.
        restrict_vocab : int, optional
            Take only the first so many words. By default all words are taken.
        ax : matplotlib Axes, optional
            By default a new figure.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        ImportError
            If Matplotlib is not installed.
        KeyError
            If the word is unknown.
        ValueError
            If `topn` or `restrict_vocab` is below 1, or there is no other word.

        Examples
        --------
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["king", "queen", "bread"], np.eye(3) + 1)
        >>> [tick.get_text() for tick in wv.plot_neighbours("king").get_yticklabels()]
        ['queen', 'bread']
        """
        from w2vfast.viz.neighbours import draw_neighbours

        found = self._nearest(word, topn, restrict_vocab)
        return draw_neighbours(word, found, self.key_to_index, ax)

    def plot_neighbourhood(
        self,
        word: str,
        topn: int = 12,
        *,
        spread: int = 4,
        restrict_vocab: int | None = None,
        ax: Any = None,
        seed: int = 1,
    ) -> Any:
        """
        Draw a word, its nearest words, and the nearest words of these as a graph.

        A line joins a word and one of its nearest words; it is thick where their
        cosine is large.

        Parameters
        ----------
        word : str
            The middle, in orange.
        topn : int, default 12
            Nearest words of `word`, in blue.
        spread : int, default 4
            Nearest words of each of these; words that are new are light blue. 0 draws
            a star.
        restrict_vocab : int, optional
            Take only the first so many words. By default all words are taken.
        ax : matplotlib Axes, optional
            By default a new figure of 8 by 8 inches.
        seed : int, default 1
            The same seed gives the same picture.

        Returns
        -------
        matplotlib Axes

        Raises
        ------
        ImportError
            If Matplotlib or NetworkX is not installed.
        KeyError
            If the word is unknown.
        ValueError
            If `topn` or `restrict_vocab` is below 1, `spread` is negative, or there is
            no other word.

        Examples
        --------
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["king", "queen", "bread"], np.eye(3) + 1)
        >>> ax = wv.plot_neighbourhood("king", topn=2)
        >>> [text.get_text() for text in ax.texts if text.get_text()]
        ['king', 'queen', 'bread']
        """
        from w2vfast.viz.neighbourhood import draw_neighbourhood, neighbourhood_graph

        if isinstance(spread, bool) or not hasattr(spread, "__index__") or spread < 0:
            raise ValueError(f"spread={spread!r}: expected a whole number from 0 on")
        near = {word: self._nearest(word, topn, restrict_vocab)}
        if spread:
            middle = [each for each, _ in near[word]]
            found = self.most_similar_batch(
                middle, topn=spread, restrict_vocab=restrict_vocab
            )
            near |= dict(zip(middle, found, strict=True))
        graph = neighbourhood_graph(word, near)
        return draw_neighbourhood(graph, self.key_to_index, ax, seed)

    def _nearest(
        self, word: str, topn: int, restrict_vocab: int | None
    ) -> list[tuple[str, float]]:
        """Return the nearest words of one word; raise ValueError if there is none."""
        if not isinstance(word, str):
            kind = type(word).__name__
            raise TypeError(f"word={quoted(word)}: expected a word (str), not {kind}")
        found = self.most_similar(word, topn=topn, restrict_vocab=restrict_vocab)
        if not found:
            raise ValueError(
                f"{word!r} has no neighbours: expected vectors with another word; "
                "raise restrict_vocab, or train more words"
            )
        return found
