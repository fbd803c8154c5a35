"""First bytes of pickles and of safetensors files."""

#: First bytes of a pickle, for each protocol from 2 on. Ask `is_safetensors` first.
PICKLES = tuple(bytes((0x80, protocol)) for protocol in range(2, 6))


def is_safetensors(head: bytes) -> bool:
    r"""
    Return whether a file begins as safetensors do: a length and a JSON object.

    Ask this before `PICKLES`: a length of 1,152 has the first bytes of a pickle.

    Examples
    --------
    >>> is_safetensors((1152).to_bytes(8, "little") + b'{"centre": ...')
    True
    """
    return head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 32
