"""Purchases split in time, as `homebody evaluate` does it (cli/src/evaluate/protocol.rs).

A basket is what one user took in one order, a set, at the time of its first line. The cut is at 80 % of
the time from the first line to the last. The vocabulary is what was in 25 baskets of 10 users before it,
in falling popularity; other items are dropped, and baskets left empty with them.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sparse

MIN_ORDERS = 25
MIN_USERS = 10
NAMES = ("interactions.parquet", "purchases.parquet", "events.parquet")
COLUMNS = ("user_id", "basket_id", "item_id", "ts")


@dataclass
class Split:
    names: list[str]  # ids of the items, in falling popularity before the cut
    users: int  # who bought anything before it
    lines: pl.DataFrame  # user, item, basket: each once, in each user's order of time
    past: np.ndarray  # bool: which baskets lie before the cut
    rows: pl.DataFrame  # what was read, of the baskets before the cut

    @classmethod
    def read(cls, path: Path, share: float = 1.0) -> "Split":
        """The purchases of all users, or of a share of them: each fourth, each second."""
        if path.is_dir():
            path = next((path / name for name in NAMES if (path / name).exists()), path / NAMES[1])
        if not path.exists():
            raise SystemExit(f"{path} is missing; right would be a table of purchases with {', '.join(COLUMNS)}")
        rows = pl.read_parquet(path)
        if lacks := [column for column in COLUMNS if column not in rows.columns]:
            raise SystemExit(f"{path} has no column {', '.join(lacks)}; it has {', '.join(rows.columns)}")
        rows = rows.select(COLUMNS)
        if share < 1.0:
            users = rows["user_id"].unique().sort().gather_every(round(1 / share))
            rows = rows.filter(pl.col("user_id").is_in(users.implode()))
        first, last = rows["ts"].min(), rows["ts"].max()
        # In milliseconds and whole numbers, as there.
        cut = first * 1000 + (last - first) * 1000 * 4 // 5
        basket = ["user_id", "basket_id"]
        rows = rows.with_columns(at=pl.col("ts").min().over(basket)).with_columns(past=pl.col("at") * 1000 < cut)
        lines = rows.select(*basket, "item_id", "at", "past").unique()
        counted = lines.filter("past").group_by("item_id").agg(orders=pl.len(), users=pl.col("user_id").n_unique())
        kept = counted.filter((pl.col("orders") >= MIN_ORDERS) & (pl.col("users") >= MIN_USERS))
        kept = kept.sort("orders", "item_id", descending=[True, False]).with_row_index("item").select("item_id", "item")
        lines = lines.join(kept, on="item_id").sort("user_id", "at", "basket_id", "item")
        # Who came before the cut gets a row in the matrix, so those have the first numbers.
        number = rows.group_by("user_id").agg(known=pl.col("past").any()).sort("known", "user_id", descending=[True, False])
        number = number.with_row_index("user")
        lines = lines.join(number, on="user_id", maintain_order="left")
        lines = lines.with_columns(basket=pl.struct(basket).rle_id())
        past = lines.group_by("basket", maintain_order=True).agg(pl.col("past").first())["past"].to_numpy()
        names = [str(name) for name in kept["item_id"]]
        return cls(names, int(number["known"].sum()), lines, past, rows.filter("past"))

    @property
    def after(self) -> np.ndarray:
        """The baskets that are scored."""
        return np.flatnonzero(~self.past)

    def matrix(self) -> sparse.csr_matrix:
        """Users × items before the cut: in how many baskets."""
        past = self.lines.filter("past")
        ones = np.ones(len(past), np.float32)
        shape = (self.users, len(self.names))
        return sparse.csr_matrix((ones, (past["user"].to_numpy(), past["item"].to_numpy())), shape)  # sums doubles

    def write(self, path: Path) -> None:
        """What lies before the cut, for the trainers.

        `homebody train` keeps the last basket of some users for a figure of its own. So each user gets one
        more, of an item that nobody else has and that is too rare to be learnt: the matrix stays the same.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        users = self.rows["user_id"].unique().sort()
        one = pl.int_range(1, len(users) + 1, eager=True)
        last = {"user_id": users, "ts": pl.repeat(self.rows["ts"].max() + 1, len(users), eager=True)}
        last |= {"basket_id": self.rows["basket_id"].max() + one, "item_id": self.rows["item_id"].max() + one}
        added = pl.DataFrame(last).select(pl.col(name).cast(self.rows.schema[name]) for name in COLUMNS)
        pl.concat([self.rows.select(COLUMNS), added]).write_parquet(path)
