"""Draw the figure of visualise.md: python docs/how-to/visualise_figure.py."""

from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import pyplot as plt

import w2vfast

TEXT = Path(w2vfast.__file__).parent / "data" / "kjv.txt.xz"
GROUPS = {
    "kin": ["father", "mother", "son", "daughter", "brother", "sister"],
    "food": ["bread", "wine", "oil", "honey", "milk", "meat", "corn"],
    "rule": ["king", "queen", "prince", "throne", "kingdom", "captain"],
    "places": ["jerusalem", "egypt", "babylon", "samaria", "judah"],
}
PAIRS = [("father", "mother"), ("son", "daughter"), ("brother", "sister"),
         ("man", "woman"), ("he", "she")]  # fmt: skip

model = w2vfast.Word2Vec(TEXT, epochs=10, workers=1).train()
figure, axes = plt.subplots(2, 2, figsize=(12, 11), layout="constrained")
model.wv.plot(groups=GROUPS, ax=axes[0, 0])
model.wv.plot(pairs=PAIRS, ax=axes[0, 1])
model.wv.plot_neighbourhood("bread", topn=8, spread=3, ax=axes[1, 0])
model.wv.plot_neighbours("bread", ax=axes[1, 1])
figure.savefig(Path(__file__).with_name("visualise.png"), dpi=70)
