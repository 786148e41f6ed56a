//! What training writes beside the factors, and how it takes being stopped.

use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::shop::Shop;
use crate::{homebody, run, text};

/// The bundle's bytes; all runs of a test say that they are of one time.
fn bundle(shop: &Shop, folder: &str) -> Vec<u8> {
    std::fs::read(shop.path(folder).join("factors.safetensors")).unwrap()
}

fn metadata(shop: &Shop, folder: &str, key: &str) -> Option<String> {
    let bytes = bundle(shop, folder);
    let (_, header) = safetensors::SafeTensors::read_metadata(&bytes).unwrap();
    header.metadata().as_ref().unwrap().get(key).cloned()
}

fn shape(shop: &Shop, folder: &str, tensor: &str) -> Option<Vec<usize>> {
    let bytes = bundle(shop, folder);
    let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    file.tensor(tensor).ok().map(|tensor| tensor.shape().to_vec())
}

/// Killed by the system, in the middle, with no chance to tidy up.
#[test]
fn a_killed_training_goes_on_and_ends_with_the_same_bytes() {
    let shop = Shop::imported();
    const ITERATIONS: usize = 400;
    let train = |out: &str| {
        let mut command = homebody();
        command.env("SOURCE_DATE_EPOCH", "1700000000").env("RAYON_NUM_THREADS", "1");
        command.args(["train", text(&shop.path("data")), "--out", text(&shop.path(out)), "--dim", "128"]);
        command.args(["--min-orders", "2", "--min-users", "2", "--regularization", "1", "--patience", "400"]);
        command.args(["--iterations", &ITERATIONS.to_string(), "--log", text(&shop.path(&format!("{out}.jsonl")))]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let whole = train("whole").output().unwrap();
    assert!(whole.status.success(), "{}", String::from_utf8_lossy(&whole.stderr));

    let mut child = train("killed").spawn().unwrap();
    let log = shop.path("killed.jsonl");
    let lines = || std::fs::read_to_string(&log).map_or(0, |text| text.lines().count());
    let start = Instant::now();
    while lines() < 5 {
        assert!(start.elapsed() < Duration::from_secs(60), "training never began");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let done = lines();
    assert!(done < ITERATIONS && !shop.path("killed/factors.safetensors").exists(), "it was over: {done}");

    let resumed = train("killed").output().unwrap();
    let said = String::from_utf8_lossy(&resumed.stderr);
    assert!(resumed.status.success() && said.contains("goes on after iteration"), "{said}");
    assert!(!said.contains("iteration  1:"), "the control: it did not begin anew");
    assert!(bundle(&shop, "whole") == bundle(&shop, "killed"));
    assert!(!shop.path("killed/training.checkpoint").exists());
    let numbers: Vec<u64> = std::fs::read_to_string(&log)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["iteration"].as_u64().unwrap())
        .collect();
    assert!(numbers.is_sorted_by(|a, b| a < b) && numbers.last() == Some(&(ITERATIONS as u64)), "{numbers:?}");
}

#[test]
fn each_model_writes_a_bundle_that_can_be_read() {
    let shop = Shop::imported();
    for (model, dim) in [("als", 8), ("bpr", 8), ("neighbour", 8), ("gru", 8), ("mlp", 8), ("popularity", 1)] {
        let said = shop.train(model, &["--model", model]);
        assert!(said.contains(&format!("8 items, {dim} dimensions")), "{said}");
        assert!(said.contains("memory: about ") && said.contains(" at the most"), "{said}");
        assert_eq!(metadata(&shop, model, "homebody.model").as_deref(), Some(model));
        assert_eq!(shape(&shop, model, "together.offsets"), (model != "popularity").then_some(vec![9]));
        let network = ["gru", "mlp"].contains(&model);
        assert_eq!(shape(&shop, model, "neural.query").is_some(), network);
        assert_eq!(metadata(&shop, model, "homebody.neural").as_deref(), network.then_some(model));
    }
    assert_ne!(bundle(&shop, "als"), bundle(&shop, "bpr"));
}

#[test]
fn what_few_shoppers_did_is_not_in_the_bundle() {
    let shop = Shop::imported();
    let mut csv = crate::shop::interactions();
    // Three shoppers take item 9 with item 1, twice each.
    for order in 1_000..1_006 {
        csv += &format!("{},{order},9,1700300000\n{},{order},1,1700300000\n", order % 3, order % 3);
    }
    shop.write("rare.csv", csv.as_bytes());
    run(["import", text(&shop.path("rare.csv")), "--out", text(&shop.path("data"))]).ok();
    let said = shop.train("five", &[]);
    assert!(said.contains("left out: 1 items (items of fewer than 5 users); "), "{said}");
    assert_eq!(shape(&shop, "five", "ids.offsets"), Some(vec![9]));
    // The control.
    let said = shop.train("three", &["--min-shoppers", "3"]);
    assert!(said.contains("pairs of fewer users are left out: held out, that costs"), "{said}");
    assert!(said.contains("left out: 0 items (items of fewer than 3 users); "), "{said}");
    assert_eq!(shape(&shop, "three", "ids.offsets"), Some(vec![10]));
    let said = shop.train("pruned", &["--min-shoppers", "3", "--prune", "0.05"]);
    assert!(said.contains("left out: 1 items (the rarest items, 5 % of all that was taken); "), "{said}");
}

#[test]
fn attributes_columns_and_trend_stand_in_the_bundle() {
    let shop = Shop::imported();
    let said = shop.train("shop", &["--temporal", "--columns", "size,price"]);
    assert!(said.contains("with the last weeks' trend: a gain of "), "{said}");
    assert!(said.contains("attributes say "), "{said}");
    for (tensor, dims) in [
        ("attributes.scale", vec![8]),
        ("attributes.mean", vec![8]),
        ("attributes.category", vec![8, 8]),
        ("attributes.brand", vec![3, 8]),
        ("attributes.price", vec![20, 8]),
        ("column.size", vec![8]),
        ("column.size.names.offsets", vec![2]),
        ("column.price", vec![8]),
    ] {
        assert_eq!(shape(&shop, "shop", tensor), Some(dims), "{tensor}");
    }
    assert_eq!(shape(&shop, "shop", "map"), None);
    run(["inspect", text(&shop.path("shop/factors.safetensors"))]).ok();
    let (data, out) = (shop.path("data"), shop.path("x"));
    let arguments = ["train", text(&data), "--out", text(&out), "--columns", "weight"];
    let minima = ["--min-orders", "2", "--min-users", "2"];
    let failed = run([&arguments[..], &minima].concat()).failed();
    assert!(failed.err().contains("has no column \"weight\" for --columns; its columns are item"), "{}", failed.err());
}

#[test]
fn a_map_leads_from_an_old_bundle_to_the_new_one() {
    let shop = Shop::new();
    let old = shop.path("shop/factors.safetensors");
    let said = shop.train("new", &["--seed", "2", "--from", text(&old)]);
    assert!(said.contains("over 8 items: held out "), "{said}");
    assert_eq!(metadata(&shop, "new", "homebody.map.from"), metadata(&shop, "shop", "homebody.version"));
    assert_eq!(shape(&shop, "new", "map"), Some(vec![8, 8]));
    let (data, out) = (shop.path("data"), shop.path("x"));
    let arguments = ["train", text(&data), "--out", text(&out), "--from", text(&old)];
    let minima = ["--min-orders", "2", "--min-users", "2", "--dim", "4"];
    let failed = run([&arguments[..], &minima].concat()).failed();
    assert!(failed.err().contains("has 8 dimensions; right for --from would be a bundle of 4"), "{}", failed.err());
}

#[test]
fn the_pipeline_publishes_only_what_is_not_worse() {
    let shop = Shop::imported();
    let data = shop.path("data");
    let out = shop.path("shop");
    let pipeline = |more: &[&str]| {
        let minima = ["--dim", "8", "--min-orders", "2", "--min-users", "2", "--regularization", "1"];
        run([&["pipeline", text(&data), "--out", text(&out)], &minima[..], more].concat())
    };
    assert!(pipeline(&[]).ok().out().contains("published: nothing was there before"));
    let first = metadata(&shop, "shop", "homebody.version");
    let refused = pipeline(&["--model", "popularity"]).failed();
    assert!(refused.err().contains("not published: NDCG@20 of "), "{}", refused.err());
    assert_eq!(metadata(&shop, "shop", "homebody.version"), first, "the published one stays");
    // The controls: the same again, and a worse one where that is allowed.
    assert!(pipeline(&[]).ok().out().contains("a difference of +0.0000"));
    assert!(metadata(&shop, "shop", "homebody.map.from") == first, "profiles live on");
    pipeline(&["--model", "popularity", "--tolerance", "0.9"]).ok();
    assert_eq!(metadata(&shop, "shop", "homebody.model").as_deref(), Some("popularity"));

    let before = bundle(&shop, "shop");
    let drill = pipeline(&["--corrupt", "0.5"]).ok().out();
    assert!(drill.contains("with 50 % of them random: a loss of "), "{drill}");
    assert!(bundle(&shop, "shop") == before && drill.contains("nothing was published"), "{drill}");
}

#[test]
fn the_pipeline_goes_on_in_a_shop_of_fewer_items_than_dimensions() {
    let shop = Shop::imported();
    let (data, out) = (shop.path("data"), shop.path("shop"));
    let pipeline = || {
        let minima = ["--dim", "16", "--min-orders", "2", "--min-users", "2", "--regularization", "1"];
        run([&["pipeline", text(&data), "--out", text(&out)], &minima[..]].concat()).ok()
    };
    assert!(pipeline().out().contains("published: nothing was there before"));
    assert!(pipeline().out().contains("a difference of +0.0000"));
    assert_eq!(metadata(&shop, "shop", "homebody.map.from"), None, "eight items say too little of sixteen dimensions");
}

#[test]
fn tuned_settings_and_their_report_go_into_the_bundle() {
    let shop = Shop::imported();
    let mut csv = String::from("user,item,order,time\n");
    for day in 0..100 {
        for user in 0..12 {
            csv += &format!("{user},{},{},{}\n", (user + day) % 5, user * 1_000 + day, 1_700_000_000 + day * 86_400);
        }
    }
    shop.write("t.csv", csv.as_bytes());
    let (data, report) = (shop.path("t.csv"), shop.path("tuning.json"));
    let tune = ["tune", text(&data), "--out", text(&report), "--folds", "2", "--trials", "3"];
    let said = run(tune).ok();
    assert!(said.err().contains(" 3 iterations, dim  64, alpha   0.500, regularization  40.000"), "{}", said.err());
    let best: serde_json::Value = serde_json::from_slice(&std::fs::read(&report).unwrap()).unwrap();
    run(["train", text(&data), "--out", text(&shop.path("tuned")), "--tuned", text(&report)]).ok();
    let used: serde_json::Value =
        serde_json::from_str(&metadata(&shop, "tuned", "homebody.hyperparameters").unwrap()).unwrap();
    for name in ["dim", "iterations"] {
        assert_eq!(used[name], best["best"][name], "{name}");
    }
    let tuning = metadata(&shop, "tuned", "homebody.tuning").unwrap();
    assert_eq!(serde_json::from_str::<serde_json::Value>(&tuning).unwrap(), best);
}
