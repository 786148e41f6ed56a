//! A tiny shop: 40 users of two tastes, 8 items in three departments.

use std::fmt::Write;
use std::path::PathBuf;

use tempfile::TempDir;

use crate::{run, text};

pub const ITEMS: &str = "\
item,name,brand,category,price
1,Milk 1 l,A,Dairy > Milk,1.5
2,Butter,A,Dairy > Butter,2.5
3,Bread,B,Bakery > Bread,3
4,Rolls,B,Bakery > Rolls,
5,Green tea,,Drinks > Tea,4.25
6,Cheese,A,Dairy > Cheese,5
7,Cake,B,Bakery > Cake,6
8,Juice,,Drinks > Juice,2
";

/// Even users take odd items, odd users even ones, three orders each.
pub fn interactions() -> String {
    let mut csv = String::from("user_id,order_id,item_id,ts\n");
    for user in 0..40u32 {
        for order in 0..3u32 {
            for n in 0..3u32 {
                let item = 1 + (user % 2 + 2 * ((user / 2 + order + n) % 4)) % 8;
                let ts = 1_700_000_000 + order * 86_400 + user;
                writeln!(csv, "{user},{},{item},{ts}", user * 10 + order).unwrap();
            }
        }
    }
    csv
}

pub struct Shop(TempDir);

impl Shop {
    /// Imports and trains.
    pub fn new() -> Self {
        let shop = Self::imported();
        shop.train("shop", &[]);
        shop
    }

    pub fn imported() -> Self {
        Self::of(&interactions())
    }

    /// Imports these rows.
    pub fn of(rows: &str) -> Self {
        let shop = Self(tempfile::tempdir().unwrap());
        shop.write("interactions.csv", rows.as_bytes());
        shop.write("items.csv", ITEMS.as_bytes());
        let (table, items, data) = (shop.path("interactions.csv"), shop.path("items.csv"), shop.path("data"));
        run(["import", text(&table), "--items", text(&items), "--out", text(&data)]).ok();
        shop
    }

    pub fn train(&self, out: &str, more: &[&str]) -> String {
        let mut command = crate::homebody();
        command.args(["train", text(&self.path("data")), "--out", text(&self.path(out))]);
        command.args(["--dim", "8", "--min-orders", "2", "--min-users", "2", "--regularization", "1"]);
        let output = command.args(more).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
}
