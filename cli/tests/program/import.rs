//! What `homebody import` makes of tables as shops really have them.

use crate::shop::Shop;
use crate::{run, text};

fn import(csv: &[u8], more: &[&str]) -> (crate::Run, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let table = folder.path().join("table.csv");
    std::fs::write(&table, csv).unwrap();
    let out = folder.path().join("out");
    let mut command = crate::homebody();
    command.args(["import", text(&table), "--out", text(&out)]).args(more);
    (crate::Run(command.output().unwrap()), folder)
}

#[test]
fn every_row_is_kept_or_named() {
    let csv = b"\xef\xbb\xbfuser,item,time,kind,price,quantity\r\n\
        u1,tea,2024-05-01,view,,\r\n\
        \"u,1\",\"green \"\"tea\"\"\",1714521600,add_to_cart,3.5,1\r\n\
        ,tea,2024-05-01,view,,\r\n\
        u2,,2024-05-01,view,,\r\n\
        u2,tea,yesterday,view,,\r\n\
        u2,tea,2024-05-01,hover,,\r\n\
        u2,tea,2024-05-01,view,\"3,5\",\r\n\
        u2,tea,2024-05-01,view,,-1\r\n\
        u\xe92,tea,2024-05-01,view,,\r\n\
        u2,tea\r\n";
    let (run, folder) = import(csv, &[]);
    let run = run.ok();
    assert!(run.out().contains("read 10, kept 2, refused 8"), "{}", run.out());
    for (reason, count) in [
        ("missing-user", 1),
        ("missing-item", 1),
        ("impossible-time", 1),
        ("unknown-kind", 1),
        ("invalid-number", 2),
        ("not-utf8", 1),
        ("wrong-columns", 1),
    ] {
        assert!(run.out().contains(&format!("  {reason}: {count}\n")), "{reason}: {}", run.out());
    }
    for (place, words) in [
        (":4:1: user:", "right would be a text or a whole number"),
        (":6:3: time:", "2024-05-31"),
        (":7:4: kind:", "\"hover\" is no kind; right would be one of impression"),
        (":8:5: price:", "\"3,5\" is no number"),
        (":9:6: quantity:", "-1; right would be a whole number"),
        (":10:1:", "0xe9"),
        (":11:3:", "2 columns; right would be 6"),
    ] {
        let shown = run.err();
        let line = shown.lines().find(|line| line.contains(place)).unwrap_or_else(|| panic!("{place}: {shown}"));
        assert!(line.contains(words), "{line}");
    }
    assert!(folder.path().join("out/interactions.parquet").exists());
}

#[test]
fn nothing_kept_is_a_failure_and_leaves_no_file() {
    let (run, folder) = import(b"user,item,time\nu,,2024-05-01\n", &[]);
    let run = run.failed();
    assert!(run.err().contains("no row was kept") && run.err().contains("missing-item: 1"), "{}", run.err());
    assert!(!folder.path().join("out/interactions.parquet").exists());
    // The control: one good row.
    import(b"user,item,time\nu,,2024-05-01\nu,i,2024-05-01\n", &[]).0.ok();
}

#[test]
fn a_table_without_a_header() {
    let rows = b"u;i;2024-05-01\nv;i;2024-05-02\n";
    let run = import(rows, &[]).0.failed();
    assert!(run.err().contains("--no-header"), "{}", run.err());
    let columns = ["--no-header", "--user", "1", "--item", "2", "--time", "3"];
    let run = import(rows, &columns).0.ok();
    assert!(run.out().contains("read 2, kept 2, refused 0"), "{}", run.out());
    let run = import(rows, &["--no-header", "--user", "1", "--item", "2", "--time", "9"]).0.failed();
    assert!(run.err().contains("from 1 to 3"), "{}", run.err());
}

#[test]
fn columns_and_separators_by_flag() {
    let rows = b"who|what|when\nu|a,b|1714521600000\n";
    let columns = ["--user", "who", "--item", "what", "--time", "when", "--delimiter", "|"];
    import(rows, &columns).0.ok();
    let run = import(rows, &["--user", "whom", "--item", "what", "--time", "when"]).0.failed();
    assert!(run.err().contains("\"whom\"") && run.err().contains("who, what, when"), "{}", run.err());
    // A stated unit is taken at its word: so many seconds are in the far future.
    let run = import(rows, &[&columns[..], &["--time-unit", "s"]].concat()).0.failed();
    assert!(run.err().contains("future"), "{}", run.err());
}

#[test]
fn files_that_are_no_tables() {
    for (bytes, words) in [
        (b"".as_slice(), "empty"),
        (b"PK\x03\x04....", "zip"),
        (b"\x1f\x8b....", "gzip"),
        (b"\xff\xfeu\0s\0", "UTF-16"),
        (b"PAR1 cut off", "no whole Parquet file"),
        (b"user,item,time\n", "no row was kept"),
    ] {
        let run = import(bytes, &[]).0.failed();
        assert!(run.err().contains(words), "{words}: {}", run.err());
    }
}

#[test]
fn items_that_the_shop_shows_as_others_or_not_at_all() {
    let shop = Shop::imported();
    shop.write(
        "mapped.csv",
        b"item_id,shop_item,name,category\n1,1,Milk,Dairy\n2,1,Milk too,Dairy\n3,3,Bread,Bakery\n4,,Fuel,Car\n",
    );
    shop.write(
        "rows.csv",
        b"user,item,time\nu,1,2024-05-01\nu,2,2024-05-01\nu,3,2024-05-01\nu,4,2024-05-01\nu,5,2024-05-01\n",
    );
    let (rows, items, out) = (shop.path("rows.csv"), shop.path("mapped.csv"), shop.path("mapped"));
    let run = run(["import", text(&rows), "--items", text(&items), "--out", text(&out)]).ok();
    assert!(run.out().contains("read 5, kept 3, refused 2\n  not-sold: 2"), "{}", run.out());
    assert!(run.out().contains("items.parquet: 2 items"), "{}", run.out());
}

/// A file is read, checked and written row by row: what is held does not grow with it.
#[test]
#[ignore = "writes half a gigabyte; run by `cargo test -- --ignored`"]
#[cfg(target_os = "linux")]
fn memory_is_bounded() {
    use std::io::Write;
    let folder = tempfile::tempdir().unwrap();
    let peak = |rows: u32| {
        let path = folder.path().join("big.csv");
        let mut file = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
        writeln!(file, "user_id,item_id,ts,kind,price").unwrap();
        for row in 0..rows {
            let (user, item) = (row.wrapping_mul(2_654_435_761) % 1_000_000, row.wrapping_mul(40_503) % 5_000);
            writeln!(file, "{user},{item},{},view,{}.5", 1_700_000_000 + row, row % 100).unwrap();
        }
        file.flush().unwrap();
        let out = folder.path().join("out");
        let mut child = crate::homebody().args(["import", text(&path), "--out", text(&out)]).spawn().unwrap();
        let status = format!("/proc/{}/status", child.id());
        let mut peak = 0;
        while child.try_wait().unwrap().is_none() {
            let now = std::fs::read_to_string(&status).unwrap_or_default();
            let high = now
                .lines()
                .find_map(|line| line.strip_prefix("VmHWM:"))
                .and_then(|kb| kb.trim().split(' ').next()?.parse().ok());
            peak = peak.max(high.unwrap_or(0));
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        peak
    };
    let (small, large) = (peak(1_000_000), peak(12_000_000));
    println!("peak with 1 and 12 million rows: {small} kB, {large} kB");
    assert!(large < small * 3 / 2);
}
