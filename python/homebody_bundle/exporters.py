"""Bundles from the models of other libraries. Neither library is imported here."""

import json

import numpy as np

from .bundle import Bundle

SETTINGS = ("factors", "iterations", "alpha", "regularization")


def from_implicit(model, ids, **columns) -> Bundle:
    """`model` is `implicit.als.AlternatingLeastSquares` (or any with `item_factors`), `ids[i]` the id
    of column i of the matrix that it was fitted on."""
    factors = model.item_factors
    factors = factors.to_numpy() if hasattr(factors, "to_numpy") else factors  # those of a GPU
    settings = {name: getattr(model, name) for name in SETTINGS if hasattr(model, name)}
    return Bundle.of(ids, factors, **described(columns, f"implicit.{type(model).__name__}", settings))


def from_embedding(embedding, ids, **columns) -> Bundle:
    """`embedding` is a `torch.nn.Embedding` (or anything with `weight`), `ids[i]` the id of row i.
    The model must score by the dot product of a shopper's vector with an item's."""
    factors = embedding.weight.detach().cpu().numpy()
    return Bundle.of(ids, np.asarray(factors, np.float32), **described(columns, "embedding", {}))


def described(columns: dict, model: str, settings: dict) -> dict:
    """The columns of `Bundle.of`, and what `homebody inspect` says of the model."""
    own = {"homebody.model": model}
    if settings:
        own["homebody.hyperparameters"] = json.dumps(settings, sort_keys=True)
    return {**columns, "metadata": {**own, **columns.get("metadata", {})}}
