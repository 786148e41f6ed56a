"""What item factors are worth: the loss with each user solved exactly, and fold-in by test-then-learn.

The fold-in of a user with item factors V fixed is the ridge solution
`(VᵀV + Σ α·n·v·vᵀ + λI)·u = Σ (1 + α·n)·v` over the items taken n times so far (Hu, Koren, Volinsky 2008).
"""

import numpy as np
from numba import njit

AT = 20


def solved_users(matrix, items: np.ndarray, alpha: float, regularization: float) -> np.ndarray:
    """Users × d: the best vectors for these items, in double precision."""
    items = items.astype(np.float64)
    gram = items.T @ items + regularization * np.eye(items.shape[1])
    users = np.zeros((matrix.shape[0], items.shape[1]))
    for user in range(matrix.shape[0]):
        row = slice(matrix.indptr[user], matrix.indptr[user + 1])
        taken, extra = items[matrix.indices[row]], alpha * matrix.data[row].astype(np.float64)
        users[user] = np.linalg.solve(gram + (taken.T * extra) @ taken, (1 + extra) @ taken)
    return users


def loss(matrix, users: np.ndarray, items: np.ndarray, alpha: float, regularization: float) -> float:
    """`Σ c·(p − u·v)² + λ·(Σ|u|² + Σ|v|²)` over all pairs, divided by the sum of all c, as in
    cli/src/train/als.rs."""
    users, items = users.astype(np.float64), items.astype(np.float64)
    entries = matrix.tocoo()
    score = np.einsum("ij,ij->i", users[entries.row], items[entries.col])
    confidence = 1 + alpha * entries.data.astype(np.float64)
    # All pairs as if unseen, then what the seen ones differ by.
    total = np.einsum("ij,jk,ik->", users, items.T @ items, users, optimize=True)
    total += np.sum(confidence * (1 - score) ** 2 - score**2)
    total += regularization * (np.sum(users**2) + np.sum(items**2))
    unseen = matrix.shape[0] * matrix.shape[1] - matrix.nnz
    return float(total / (confidence.sum() + unseen))


def evaluate(split, items: np.ndarray, alpha: float, regularization: float) -> tuple[float, float]:
    """NDCG@20 over all items, and over items new to the user, means over baskets after the cut."""
    basket = split.lines["basket"].to_numpy()
    starts = np.append(np.flatnonzero(np.diff(basket, prepend=basket[0] + 1)), len(basket))
    user = split.lines["user"].to_numpy()[starts[:-1]].astype(np.int64)
    taken = split.lines["item"].to_numpy().astype(np.int64)
    figures = scored(items.astype(np.float64), starts, user, taken, split.past, alpha, regularization)
    return tuple(np.nanmean(figures, axis=0))


@njit(cache=True)
def scored(items, starts, user, taken, past, alpha, regularization):
    """By basket after the cut: NDCG all and new; NaN where the basket has no new item."""
    count, dim = items.shape
    figures = np.full((len(past) - past.sum(), 2), np.nan)
    gram = items.T @ items + regularization * np.eye(dim)
    light = items.astype(np.float32)
    system, right, had = gram.copy(), np.zeros(dim), np.zeros(count, np.bool_)
    line = 0
    for basket in range(len(past)):
        if basket == 0 or user[basket] != user[basket - 1]:
            system[:], right[:], had[:] = gram, 0.0, False
        targets = taken[starts[basket] : starts[basket + 1]]
        if not past[basket]:
            scores = light @ np.linalg.solve(system, right).astype(np.float32)
            figures[line, 0] = ndcg(scores, targets, had, False)
            figures[line, 1] = ndcg(scores, targets, had, True)
            line += 1
        for item in targets:
            vector = items[item]
            system += alpha * np.outer(vector, vector)
            right += (alpha if had[item] else 1 + alpha) * vector
            had[item] = True
    return figures


@njit(cache=True)
def ndcg(scores, targets, had, new):
    """Binary gains, ideal of min(20, targets); of equal scores the lower index first."""
    wanted = np.zeros(len(scores), np.bool_)
    number = 0
    for item in targets:
        if not (new and had[item]):
            wanted[item] = True
            number += 1
    if number == 0:
        return np.nan
    best, place_of = np.full(AT, -np.inf, np.float32), np.full(AT, -1)
    for item in range(len(scores)):
        if scores[item] <= best[AT - 1] or (new and had[item]):
            continue
        place = AT - 1
        while place > 0 and best[place - 1] < scores[item]:
            best[place], place_of[place] = best[place - 1], place_of[place - 1]
            place -= 1
        best[place], place_of[place] = scores[item], item
    gain, ideal = 0.0, 0.0
    for place in range(AT):
        discount = 1 / np.log2(place + 2.0)
        if place < number:
            ideal += discount
        if place_of[place] >= 0 and wanted[place_of[place]]:
            gain += discount
    return gain / ideal
