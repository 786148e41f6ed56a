"""Trains `implicit` on a matrix of counts, in a process of its own so that it can be measured."""

import sys

import numpy as np
import scipy.sparse as sparse
from implicit.als import AlternatingLeastSquares

source, out = sys.argv[1:3]
factors, iterations, alpha, regularization, seed, threads = map(float, sys.argv[3:])
confidence = sparse.load_npz(source).astype(np.float32)
confidence.data = np.float32(1) + np.float32(alpha) * confidence.data  # implicit takes c itself
model = AlternatingLeastSquares(
    factors=int(factors), iterations=int(iterations), alpha=1.0, regularization=regularization,
    random_state=int(seed), num_threads=int(threads), use_cg=True, use_gpu=False,
)  # fmt: skip
print("fit starts", flush=True)
model.fit(confidence, show_progress=False)
print("fit ends", flush=True)
np.savez(out, users=model.user_factors, items=model.item_factors)
