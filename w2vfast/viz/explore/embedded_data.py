"""Words and vectors as JSON inside a page."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from w2vfast.vectors.nearest import CosineIndex, Float64Array, normalise
from w2vfast.vectors.quantised import QuantisedRows
from w2vfast.viz.explore.coordinates import as_int16, map_coordinates
from w2vfast.viz.explore.frequent_words import FrequentWords
from w2vfast.viz.explore.options import PageOptions

#: Characters that could end a script element, that JavaScript once took for the end of
#: a line, or that UTF-8 cannot encode.
_UNSAFE = re.compile("[<>&\u2028\u2029\ud800-\udfff]")


def page_data(models: Sequence[FrequentWords], options: PageOptions) -> str:
    """
    Return the JSON text that the scripts of a page read.

    Parameters
    ----------
    models : sequence of 1 or 2 FrequentWords
        The second is aligned to the first.
    options : PageOptions
    """
    units = [normalise(model.vectors) for model in models]
    places = as_int16(map_coordinates(np.concatenate(units), options.method))
    parts = np.split(places, np.cumsum([len(rows) for rows in units])[:-1])
    described = [
        _model_data(name, model, part)
        for name, model, part in zip(options.names, models, parts, strict=False)
    ]
    return script_json({"method": options.method, "models": described})


def _model_data(
    name: str, model: FrequentWords, places: npt.NDArray[np.int16]
) -> dict[str, Any]:
    codes, steps = quantised(model)
    return {
        "name": name,
        "words": model.words,
        "counts": None if model.counts is None else model.counts.tolist(),
        "dimensions": codes.shape[1],
        "codes": _base64(codes),
        "steps": _base64(steps.astype("<f4")),
        "places": _base64(places.astype("<i2")),
    }


def quantised(
    model: FrequentWords,
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """
    Return the unit vectors in 8 bits.

    Returns
    -------
    codes : int8 array, shape (n, d)
        From -127 to 127.
    steps : float32 array, shape (n,)
        ``steps[i] * codes[i]`` has length 1 and is close to the unit vector of row i;
        0 for zeros.
    """
    norms: Float64Array = CosineIndex(model.vectors).norms
    codes = QuantisedRows(model.vectors, norms).codes
    lengths = CosineIndex(codes.astype(np.float32)).norms
    steps = np.where(lengths > 0, 1 / np.where(lengths > 0, lengths, 1), 0)
    return codes, steps.astype(np.float32)


def _base64(array: npt.NDArray[Any]) -> str:
    return base64.b64encode(array.tobytes()).decode("ascii")


def script_json(value: Any) -> str:
    r"""
    Return JSON that is safe in a script element of a page in UTF-8.

    Without ``<`` no text can end the element or begin a comment in it.

    Examples
    --------
    >>> script_json(["</script>", "\u2028", "\udcff", "é"])
    '["\\u003c/script\\u003e","\\u2028","\\udcff","é"]'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
