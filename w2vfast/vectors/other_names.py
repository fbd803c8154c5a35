"""Names of gensim that vectors do not have: the error says what to use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

#: What to use instead of a name of gensim.
INSTEAD = {
    "vocab": "use key_to_index, index_to_key and counts",
    "index2word": "use index_to_key",
    "index2entity": "use index_to_key",
    "syn0": "use vectors",
    "syn0norm": "use unit_normalized().vectors",
    "vectors_norm": "use unit_normalized().vectors",
    "wv": "this is model.wv already, so leave out one .wv",
    "get_vector": "use wv[word]",
    "word_vec": "use wv[word]",
    "get_normed_vectors": "use unit_normalized().vectors",
    "get_mean_vector": "use unit_normalized().sentence_vectors([words])[0]",
    "get_index": "use key_to_index[word]",
    "has_index_for": "use word in wv",
    "get_vecattr": "use counts[key_to_index[word]]",
    "similar": "use most_similar(word)",
    "similar_by_word": "use most_similar(word)",
    "similar_by_key": "use most_similar(word)",
    "similar_by_vector": "use most_similar(vector)",
    "most_similar_cosmul": "use most_similar(…, method='multiply')",
    "most_similar_to_given": "use most_similar(word, candidates=words, topn=1)",
    "cosine_similarities": "use similarities(…)",
    "n_similarity": "use set_similarity(words, others)",
    "words_closer_than": "use closer_than(word, other)",
    "accuracy": "use evaluate_word_analogies(path)",
    "add_vector": "use add([word], [vector]), which returns new vectors",
    "add_vectors": "use add(words, vectors), which returns new vectors",
    "init_sims": "leave it out, or use unit_normalized()",
    "fill_norms": "leave it out: norms are computed when needed",
    "unit_normalize_all": "use unit_normalized(), which returns new vectors",
    "vectors_for_all": "use subset(words)",
    "intersect_word2vec_format": (
        "pass Word2Vec(initial_vectors=KeyedVectors.load_word2vec_format(path))"
    ),
    **dict.fromkeys(
        (
            *("wmdistance", "rank_by_centrality", "relative_cosine_similarity"),
            "set_vecattr",
        ),
        "w2vfast.compat.gensim.KeyedVectors has it",
    ),
}


class OtherNames:
    """Answers names of gensim; type checkers shall not see that it exists."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raise AttributeError."""
            text = f"{type(self).__name__!r} object has no attribute {name!r}"
            if fix := INSTEAD.get(name):
                text += f": {fix}"
            raise AttributeError(text, name=name, obj=self)
