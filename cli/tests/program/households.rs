//! Households for a page to play back, and a bundle that has never seen them.

use serde_json::Value;

use crate::shop::Shop;
use crate::{homebody, run, text};

fn choose(shop: &Shop, out: &str) -> Value {
    let [data, out] = ["data", out].map(|name| shop.path(name));
    let flags = ["--count", "3", "--baskets", "3", "3", "--days", "1"];
    run([&["households", text(&data), "--out", text(&out)], flags.as_slice()].concat()).ok();
    serde_json::from_slice(&std::fs::read(out.join("households.json")).unwrap()).unwrap()
}

/// One user in ten takes all items at once, so that a year has a full basket to end with.
fn shop() -> Shop {
    let mut rows = crate::shop::interactions();
    for user in (0..40).step_by(10) {
        for item in 1..=8 {
            rows += &format!("{user},{},{item},{}\n", user * 10 + 2, 1_700_000_000 + 2 * 86_400 + user);
        }
    }
    Shop::of(&rows)
}

#[test]
fn whoever_is_chosen_is_not_learnt_from() {
    let shop = shop();
    let chosen = choose(&shop, "chosen");
    assert_eq!(chosen, choose(&shop, "again"), "the same seed chooses the same");
    let households = chosen["households"].as_array().unwrap();
    assert!((1..=3).contains(&households.len()), "{chosen}");
    for household in households {
        let baskets = household["baskets"].as_array().unwrap();
        assert_eq!(baskets.len(), 3);
        assert_eq!(baskets[2].as_array().unwrap().len(), 9, "a time and all items");
    }

    let file = shop.path("chosen/households.json");
    let all = shop.train("all", &[]);
    let without = shop.train("without", &["--without", text(&file)]);
    let users =
        |words: &str| words.split(" orders of ").nth(1).unwrap().split(' ').next().unwrap().parse::<usize>().unwrap();
    assert_eq!(users(&all) - users(&without), households.len());
    let bundle = |name: &str| std::fs::read(shop.path(name).join("factors.safetensors")).unwrap();
    assert_ne!(bundle("all"), bundle("without"), "they had taught something");
}

#[test]
fn a_user_who_is_not_there_cannot_be_left_out() {
    let shop = Shop::imported();
    shop.write(
        "strangers.json",
        br#"{ "rule": "", "ids": [], "households": [{ "number": "x", "kind": [], "baskets": [] }] }"#,
    );
    let (data, out, file) = (shop.path("data"), shop.path("shop"), shop.path("strangers.json"));
    let output =
        homebody().args(["train", text(&data), "--out", text(&out), "--without", text(&file)]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("holds no user \"x\""));
}
