//! `homebody train --quantize`: what fewer bits and fewer dimensions save, and what they cost in recall.

use super::als::{self, Factors, Settings};
use super::prepared::Prepared;
use super::quantise::{FourBits, Quantised};
use crate::compressed::brotli;
use crate::error::{Error, Result};

const DIMENSIONS: [usize; 4] = [16, 32, 64, 128];

/// Learns the factors once for each number of dimensions and prints each form's size and recall. Users are folded in
/// again with the factors as the form restores them, as a browser would.
pub fn weigh(settings: &Settings, prepared: &Prepared) -> Result<()> {
    let held = &prepared.held;
    if held.is_empty() {
        let message = "no user has two baskets of these items, so that no recall can be measured; right would be \
                       interactions of users who came back";
        return Err(Error::request(message));
    }
    println!("Recall@20 and {}; kB of the table of {} items\n", held.name(), prepared.vocabulary.len());
    println!("| d | form | kB | kB, brotli | Recall@20 | against f32 | NDCG@20 |");
    println!("| ---: | --- | ---: | ---: | ---: | ---: | ---: |");
    for dim in DIMENSIONS {
        let settings = Settings { dim, ..*settings };
        let learnt = als::fit(&prepared.matrix, &settings, |_, _, _| {});
        let plain: Vec<u8> = learnt.items.iter().flat_map(|value| value.to_le_bytes()).collect();
        let (eight, four) = (Quantised::of(&learnt.items, dim), FourBits::of(&learnt.items, dim));
        let bytes = eight.values.iter().map(|value| value.cast_unsigned()).collect();
        let forms = [
            ("f32", plain, learnt.items.clone()),
            ("int8", bytes, eight.restore()),
            (
                "4 bits",
                [four.packed(), four.scale.iter().flat_map(|s| s.to_le_bytes()).collect()].concat(),
                four.restore(),
            ),
        ];
        let mut exact = None;
        for (form, bytes, items) in forms {
            let users = als::fold_in(&prepared.matrix.by_user, &items, &settings);
            let [recall, _, ndcg] = held.figures(&Factors { dim, users, items });
            let against = 100.0 * (recall / *exact.get_or_insert(recall) - 1.0);
            let (all, small) = (bytes.len() as f64 / 1e3, brotli(&bytes).len() as f64 / 1e3);
            println!("| {dim} | {form} | {all:.0} | {small:.0} | {recall:.4} | {against:+.1} % | {ndcg:.4} |");
        }
    }
    Ok(())
}
