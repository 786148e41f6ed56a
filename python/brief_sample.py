#!/usr/bin/env python3
"""The sample of the project's brief, made to run: collaborative filtering with K = 5 neighbours.

`examples/brief_sample.rs` is the same in Rust and says the rule in words; both print the same text.

    python3 python/brief_sample.py
"""

import numpy as np

USERS, ITEMS, K = 1_000, 10_000, 5


def collaborative_filtering(p: np.ndarray, d: np.ndarray, alpha: float = 0.5) -> tuple[np.ndarray, list]:
    """p, d: N × M, 0 where nothing is known. Returns p' and each user's neighbours with their similarity."""
    norms = np.sqrt((p * p).sum(axis=1))
    dots, products = p @ p.T, np.outer(norms, norms)
    similarity = np.divide(dots, products, out=np.zeros_like(dots), where=dots != 0)
    np.fill_diagonal(similarity, 0)
    updated, neighbours = np.empty_like(p), []
    for user, row in enumerate(similarity):
        nearest = [j for j in np.argsort(-row, kind="stable")[:K] if row[j] > 0]
        predicted = sum(row[j] * p[j] for j in nearest) / sum(row[j] for j in nearest) if nearest else p[user]
        blend = np.where(d[user] != 0, d[user], predicted)
        updated[user] = alpha * p[user] + (1 - alpha) * blend
        neighbours.append([(int(j), float(row[j])) for j in nearest])
    return updated, neighbours


def split_mix(seed: int):
    """SplitMix64 (Steele, Lea, Flood 2014): a function that draws below a bound."""

    def below(bound: int) -> int:
        nonlocal seed
        seed = (seed + 0x9E3779B97F4A7C15) % 2**64
        z = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return (z ^ z >> 31) * bound >> 64

    return below


def rows(below, draws: int) -> np.ndarray:
    """Ratings of 1 to 5. Users of one of 20 groups mostly draw from the group's 500 items."""
    values = np.zeros((USERS, ITEMS))
    for user in range(USERS):
        for _ in range(draws):
            item = below(ITEMS) if below(4) == 0 else user % 20 * 500 + below(500)
            values[user, item] = 1 + below(5)
    return values


def report(rule=collaborative_filtering) -> str:
    below = split_mix(2_024)
    p = rows(below, 60)
    d = rows(below, 6)
    updated, neighbours = rule(p, d, 0.5)
    lines = []
    for user in range(0, USERS, 100):
        names = ", ".join(f"{other} ({similarity:.9f})" for other, similarity in neighbours[user])
        lines.append(f"user {user}: neighbours {names}; sum of p' {updated[user].sum():.9f}")
    squares = (updated * updated).sum()
    count = np.count_nonzero(updated)
    lines.append(f"all: {count} values, sum {updated.sum():.6f}, sum of squares {squares:.6f}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(report(), end="")
