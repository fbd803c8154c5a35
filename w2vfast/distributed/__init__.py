"""Training on several machines: with Ray, or with the functions of each step."""

from w2vfast.distributed.division import divide
from w2vfast.distributed.engines import Engine, LocalEngine, ReplicaLostError
from w2vfast.distributed.fleet import TooManyRestartsError
from w2vfast.distributed.merging import merge
from w2vfast.distributed.ray_engine import RayEngine
from w2vfast.distributed.rounds import train_shard
from w2vfast.distributed.runs import resume, train
from w2vfast.distributed.shards import encode_shard, number_words

__all__ = [
    "Engine",
    "LocalEngine",
    "RayEngine",
    "ReplicaLostError",
    "TooManyRestartsError",
    "divide",
    "encode_shard",
    "merge",
    "number_words",
    "resume",
    "train",
    "train_shard",
]
