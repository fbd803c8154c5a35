"""Large synthetic corpora, and the phases of a model that is trained on one."""
