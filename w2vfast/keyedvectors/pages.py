"""Write word vectors as a page for a browser and as files for the projector.

The methods import what they need: training and queries start sooner without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from w2vfast.vectors.lookup import KeyedRows

if TYPE_CHECKING:
    from w2vfast.io.atomic import StrPath


class PageMethods(KeyedRows):
    """Methods of `KeyedVectors` that write pages."""

    def explore(
        self,
        path: StrPath,
        *,
        top: int = 20_000,
        compare: KeyedRows | None = None,
        method: str = "pca",
        names: tuple[str, ...] = ("vectors", "other vectors"),
    ) -> None:
        """
        Write a page for a browser: search, neighbours, analogies and a map.

        The page is one file that needs no network. It has the vectors in 8 bits.

        Parameters
        ----------
        path : path-like
            HTML file to create or replace atomically.
        top : int, default 20,000
            Number of words, the most frequent ones: 2 to 50,000. Vectors with fewer
            words give all of their words.
        compare : KeyedVectors, optional
            Vectors of another training, to show side by side. They are rotated onto
            these vectors by the words that both pages have.
        method : {"pca", "tsne", "umap", "pacmap"}, default "pca"
            How the map is computed. All but "pca" need the extra ``viz`` and take
            seconds to minutes.
        names : tuple of str
            What the page calls the vectors: one name, or two with `compare`.

        Raises
        ------
        ImportError
            If the package of `method` is not installed.
        OSError
            If the file cannot be written.
        ValueError
            If `top` is out of range, there is only one word, or `compare` has other
            dimensions or no shared word.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["to", "be"], np.eye(2))
        >>> with TemporaryDirectory() as folder:
        ...     path = Path(folder, "page.html")
        ...     wv.explore(path)
        ...     path.read_text(encoding="utf-8")[:15]
        '<!doctype html>'
        """
        from w2vfast.viz.explore.options import PageOptions
        from w2vfast.viz.explore.page import write_page

        write_page(path, self, compare, PageOptions(top, method, names))

    def save_projector(self, folder: StrPath, *, top: int | None = None) -> None:
        r"""
        Write files for the TensorBoard embedding projector.

        Parameters
        ----------
        folder : path-like
            Created if it is missing. It gets ``vectors.tsv``, ``metadata.tsv`` (words,
            ranks and counts) and ``projector_config.pbtxt``. Tabs, line breaks and
            other control characters in words become their pictures: ␉, ␊.
        top : int, optional
            Number of words, the most frequent ones; by default all. The projector
            shows 100,000 words at most.

        Raises
        ------
        OSError
            If the folder or a file cannot be written.
        ValueError
            If there are fewer than 2 words or dimensions, or `top` is below 2.

        Examples
        --------
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> import numpy as np
        >>> from w2vfast import KeyedVectors
        >>> wv = KeyedVectors(["to", "be"], np.eye(2), counts=np.array([9, 7]))
        >>> with TemporaryDirectory() as folder:
        ...     wv.save_projector(folder)
        ...     Path(folder, "metadata.tsv").read_text().splitlines()
        ['word\trank\tcount', 'to\t1\t9', 'be\t2\t7']
        """
        from w2vfast.viz.projector import write_projector

        write_projector(folder, self, top)
