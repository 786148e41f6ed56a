//! From a table to a bundle, and what can be said about it.

use crate::shop::Shop;
use crate::{homebody, run, text};

fn factors(shop: &Shop, folder: &str) -> Vec<u8> {
    let bytes = std::fs::read(shop.path(folder).join("factors.safetensors")).unwrap();
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    file.tensor("factors").unwrap().data().to_vec()
}

#[test]
fn the_bundle_holds_what_the_contract_says() {
    let shop = Shop::new();
    let bytes = std::fs::read(shop.path("shop/factors.safetensors")).unwrap();
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    let metadata = header.metadata().as_ref().unwrap();
    for key in ["format", "version", "model", "metric", "trained_at", "provenance", "hyperparameters", "evaluation"] {
        assert!(metadata.contains_key(&format!("homebody.{key}")), "{key}");
    }
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    for (name, shape) in [
        ("ids", vec![8]),
        ("ids.offsets", vec![9]),
        ("factors", vec![8, 8]),
        ("factors.scale", vec![8]),
        ("bias", vec![8]),
        ("popularity", vec![8]),
        ("category", vec![8]),
        ("category.names.offsets", vec![9]),
        ("brand", vec![8]),
        ("price", vec![8]),
        ("price.quantiles", vec![21]),
        ("rating.range", vec![3]),
        ("dwell.range", vec![2]),
        ("gram", vec![8 * 9 / 2]),
        ("together.offsets", vec![9]),
        ("together.scale", vec![1]),
        ("next.offsets", vec![9]),
        ("next.scale", vec![1]),
    ] {
        assert_eq!(file.tensor(name).unwrap().shape(), shape, "{name}");
    }
    let f32s = |name: &str| -> Vec<f32> {
        let data = file.tensor(name).unwrap().data().to_vec();
        data.chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
    };
    // Each of the two tastes has four items, and none goes with the other taste's.
    for name in ["together", "next"] {
        let of = |part: &str| file.tensor(&format!("{name}.{part}")).unwrap();
        let numbers = |part: &str, size: usize| -> Vec<usize> {
            let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |n, byte| n * 256 + usize::from(*byte));
            of(part).data().chunks(size).map(number).collect()
        };
        let (offsets, places) = (numbers("offsets", 4), numbers("items", 2));
        let id = |place: usize| file.tensor("ids").unwrap().data()[place];
        assert_eq!((offsets[8], places.len(), of("weights").data().len()), (24, 24, 24), "{name}");
        for item in 0..8 {
            let list = &places[offsets[item]..offsets[item + 1]];
            assert!(list.len() == 3 && list.iter().all(|other| *other != item), "{name}: {list:?}");
            assert!(list.iter().all(|other| id(*other) % 2 == id(item) % 2), "{name}: {list:?}");
        }
    }
    assert!(f32s("popularity").is_sorted_by(|a, b| a >= b));
    assert!(f32s("bias").iter().all(|bias| *bias <= 0.0) && f32s("bias")[0] == 0.0);

    let catalogue: serde_json::Value =
        serde_json::from_slice(&std::fs::read(shop.path("shop/catalogue.json")).unwrap()).unwrap();
    assert_eq!(catalogue["version"], metadata["homebody.version"].as_str());
    let ids: String = catalogue["ids"].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert_eq!(ids.as_bytes(), file.tensor("ids").unwrap().data(), "same items in the same order");
    let rolls = catalogue["names"].as_array().unwrap().iter().position(|name| name == "Rolls").unwrap();
    assert_eq!(catalogue["prices"][rolls], serde_json::Value::Null);
}

#[test]
fn equal_seeds_give_equal_factors_on_any_number_of_threads() {
    let shop = Shop::imported();
    for (out, threads, seed) in [("a", "1", "1"), ("b", "3", "1"), ("c", "1", "2")] {
        let status = homebody()
            .env("RAYON_NUM_THREADS", threads)
            .args(["train", text(&shop.path("data")), "--out", text(&shop.path(out)), "--seed", seed])
            .args(["--dim", "8", "--min-orders", "2", "--min-users", "2", "--regularization", "1"])
            .output()
            .unwrap()
            .status;
        assert!(status.success());
    }
    assert_eq!(factors(&shop, "a"), factors(&shop, "b"));
    // The control: another seed gives other factors.
    assert_ne!(factors(&shop, "a"), factors(&shop, "c"));
}

#[test]
fn one_user_and_one_item_are_enough_if_one_says_so() {
    let shop = Shop::imported();
    shop.write("one.csv", b"user,item,time\nu,i,2024-05-01\n");
    let (table, data, out) = (shop.path("one.csv"), shop.path("one"), shop.path("one-shop"));
    run(["import", text(&table), "--out", text(&data)]).ok();
    let run1 = run(["train", text(&data), "--out", text(&out)]).failed();
    assert!(run1.err().contains("lower --min-orders and --min-users"), "{}", run1.err());
    let minima = ["--min-orders", "1", "--min-users", "1"];
    let run2 = run([&["train", text(&data), "--out", text(&out), "--dim", "4"], &minima[..]].concat()).failed();
    assert!(run2.err().contains("no item was taken by 5 users (the best known by 1)"), "{}", run2.err());
    let run2 =
        run([&["train", text(&data), "--out", text(&out), "--dim", "4", "--min-shoppers", "1"], &minima[..]].concat())
            .ok();
    assert!(run2.out().contains("1 items, 4 dimensions, 1 departments"), "{}", run2.out());
}

#[test]
fn a_table_without_purchases_says_so() {
    let shop = Shop::imported();
    shop.write("views.csv", b"user,item,time,kind\nu,i,2024-05-01,view\n");
    let (table, data, out) = (shop.path("views.csv"), shop.path("views"), shop.path("views-shop"));
    run(["import", text(&table), "--out", text(&data)]).ok();
    let failed = run(["train", text(&data), "--out", text(&out)]).failed();
    assert!(failed.err().contains("no interaction of kind purchase"), "{}", failed.err());
    let minima = ["--min-orders", "1", "--min-users", "1", "--min-shoppers", "1", "--kinds", "view,cart"];
    let ok = run([&["train", text(&data), "--out", text(&out)], &minima[..]].concat());
    ok.ok();
}

#[test]
fn inspect_names_what_is_there_and_what_is_broken() {
    let shop = Shop::new();
    let bundle = shop.path("shop/factors.safetensors");
    let shown = run(["inspect", text(&bundle)]).ok().out();
    for words in ["8 items, 8 dimensions", "homebody.version", "factors.scale", "Dairy: 3 items", "orders, "] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let bytes = std::fs::read(&bundle).unwrap();
    shop.write("broken", &bytes[..bytes.len() - 1]);
    let failed = run(["inspect", text(&shop.path("broken"))]).failed();
    assert!(failed.err().contains("the download is not whole"), "{}", failed.err());
    let failed = run(["inspect", text(&shop.path("none"))]).failed();
    assert!(failed.err().contains("No such file"), "{}", failed.err());
}

#[test]
fn an_item_that_nobody_has_taken_comes_in_by_its_attributes() {
    let shop = Shop::imported();
    // Items 9 and 10 stand in the list of items only: a milk like item 1, and a juice like item 8.
    let more = format!("{}9,Oat milk,A,Dairy > Milk,1.4\n10,Apple juice,,Drinks > Juice,2.1\n", crate::shop::ITEMS);
    shop.write("items.csv", more.as_bytes());
    let [table, items, data] = ["interactions.csv", "items.csv", "data"].map(|name| shop.path(name));
    run(["import", text(&table), "--items", text(&items), "--out", text(&data)]).ok();
    let said = shop.train("shop", &["--new-items", "--views", "attributes,text"]);
    assert!(said.contains("2 items that nobody has taken"), "{said}");
    let bytes = std::fs::read(shop.path("shop/factors.safetensors")).unwrap();
    let factors = homebody::Factors::read(&bytes).unwrap();
    assert_eq!((factors.len(), factors.id(8), factors.id(9)), (10, "9", "10"));
    assert_eq!(factors.popularity(8), 0.0);
    use homebody::factors::View;
    for view in View::ALL {
        let space = factors.view(view);
        let near = |a: &str, b: &str| {
            let (a, b) = (factors.find(a).unwrap(), factors.find(b).unwrap());
            let length = |item: u32| space.dot(&space.vector(item), item).sqrt();
            space.dot(&space.vector(a), b) / (length(a) * length(b))
        };
        assert!(near("9", "1") > near("9", "8") && near("10", "8") > near("10", "1"), "{view:?}");
    }
    // The control: without the flag nobody hears of them.
    shop.train("without", &[]);
    let bytes = std::fs::read(shop.path("without/factors.safetensors")).unwrap();
    assert_eq!(homebody::Factors::read(&bytes).unwrap().len(), 8);
}

#[test]
fn a_shop_that_has_sold_nothing_has_a_bundle_from_its_items() {
    let shop = Shop::imported();
    shop.write("mine.csv", crate::shop::ITEMS.as_bytes());
    let (items, out) = (shop.path("mine.csv"), shop.path("preset"));
    run(["preset", text(&items), "--out", text(&out), "--dim", "4"]).ok();
    let bytes = std::fs::read(out.join("factors.safetensors")).unwrap();
    let mut profiler = homebody::Profiler::open(&bytes).unwrap();
    assert!(out.join("catalogue.json").is_file());
    assert_eq!(profiler.factors().id(0), "1", "in the order of the file");
    let blank = homebody::Profile::new(profiler.factors());
    let similar = profiler.similar(&blank, "1", &[], 3).unwrap();
    let similar: Vec<&str> = similar.iter().map(|scored| profiler.factors().id(scored.item)).collect();
    assert!(similar.contains(&"2") && similar.contains(&"6"), "dairy by brand A: {similar:?}");
    // Nothing tells these apart.
    shop.write("alike.csv", b"item\n1\n2\n");
    let alike = shop.path("alike.csv");
    let said = run(["preset", text(&alike), "--out", text(&out)]).failed().err();
    assert!(said.contains("tells no two items apart"), "{said}");
}
