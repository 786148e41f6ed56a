//! The same property for each loop, and a loop that it must reject.

use super::*;
use crate::lanes::blocks::Blocks;
use crate::testing::test;
use crate::update::Random;
use proptest::prelude::*;

type Each = fn(&Scan<'_>, &mut Bounds, f32, Take<'_>);

/// The loop with one lane broken.
pub(in super::super) fn broken(scan: &Scan<'_>, bounds: &mut Bounds, bar: f32, take: Take<'_>) {
    each(scan, bounds, bar, &mut |block, bits, values| {
        let mut values = *values;
        values[5] = values[4];
        take(block, bits, &values)
    });
}

/// Σ by the definition, from values that stand row by row.
fn defined(rows: &[i8], query: &[i8], item: usize) -> f32 {
    let row = rows.chunks_exact(query.len()).nth(item).unwrap_or(&[]);
    row.iter().zip(query).map(|(x, q)| i32::from(*x) * i32::from(*q)).sum::<i32>() as f32
}

/// Walks through a made-up table; says where a loop differs from the definition.
fn differs(each: Each, seed: u64, items: usize, dim: usize, beside: bool) -> Option<String> {
    let mut random = Random(seed);
    let mut bytes = |len: usize| (0..len).map(|_| random.bits() as i8).collect::<Vec<_>>();
    let (rows, query) = (bytes(items * dim), bytes(dim));
    let query: Vec<i8> = query.into_iter().map(|q| q.max(-Words::MOST)).collect();
    let category: Vec<u16> = bytes(items).into_iter().map(|x| u16::from(x as u8 % 3)).collect();
    let bias: Vec<f32> = bytes(items).into_iter().map(|x| f32::from(x) - 128.0).collect();
    let interest = [40.0, -1_200.0, 2_700.0];
    let bits = bytes(items);
    let mut allowed = vec![0u64; items.div_ceil(64)];
    // Some blocks have no item that may be found.
    let may = |item: &usize| bits[*item] % 5 != 0 && bits[item / 16 * 16] > -100;
    (0..items).filter(may).for_each(|item| allowed[item / 64] |= 1 << (item % 64));

    let blocks = Blocks::arrange(rows.iter().map(|x| *x as u8).collect(), items, dim);
    let mut words = Words::default();
    words.fill(&query);
    let levels = Levels::of(interest.iter().map(|value| f64::from(*value)), 0.0);
    let heads = Heads {
        bias: bias.chunks(LANES).map(|own| own.iter().copied().fold(f32::NEG_INFINITY, f32::max)).collect(),
        kinds: category.chunks(LANES).map(|own| own.iter().fold(0, |kinds, one| kinds | 1 << one)).collect(),
        ..Heads::default()
    };
    let some =
        Beside { interest: &interest, category: &category, prior: 1.2, bias: &bias, levels: &levels, heads: &heads };
    let beside = beside.then_some(some);
    let scan = Scan { blocks: blocks.bytes(), allowed: &allowed, words: &words, beside };

    let value = |item: usize| {
        let sum = defined(&rows, &query, item);
        if beside.is_some() { (sum + 1.2 * bias[item]) + interest[usize::from(category[item])] } else { sum }
    };
    let mut values: Vec<f32> = (0..items).map(value).collect();
    values.resize(items.div_ceil(LANES) * LANES, 0.0);
    let mut sorted = values.clone();
    sorted.sort_by(f32::total_cmp);
    // The first walk reads all that may be found; those after it only what they must.
    let mut bounds = Bounds::default();
    bounds.open(items.div_ceil(LANES));
    for bar in [f32::NEG_INFINITY, sorted[sorted.len() / 2], sorted[sorted.len() - 1]] {
        bounds.read = 0;
        let inside = |block: usize| (block * LANES..(block + 1) * LANES).filter(|item| *item < items);
        let counts = |item: &usize| scan.allowed_in(item / LANES) >> (item % LANES) & 1 == 1 && values[*item] >= bar;
        let bits = |block| inside(block).filter(counts).fold(0u16, |bits, item| bits | 1 << (item % LANES));
        let all = (0..items.div_ceil(LANES)).map(|block| (block, bits(block)));
        let wanted: Vec<_> = all.filter(|(_, bits)| *bits != 0).collect();
        // A block is read for items that may not be found, too, and the last one for what fills it up.
        let high = |block| inside(block).any(|item| values[item] >= bar) || (block + 1) * LANES > items;
        let most = (0..items.div_ceil(LANES)).filter(|block| scan.allowed_in(*block) != 0 && high(*block)).count();
        let (mut seen, mut wrong) = (Vec::new(), None);
        each(&scan, &mut bounds, bar, &mut |block, bits, found| {
            if inside(block).any(|item| found[item % LANES].to_bits() != values[item].to_bits()) {
                wrong = Some(format!("{block}: {found:?}"));
            }
            seen.push((block, bits));
            bar
        });
        if wrong.is_some() || seen != wanted || bounds.read > most {
            return wrong.or(Some(format!("{seen:?} of {} read instead of {wanted:?}", bounds.read)));
        }
    }
    (0..items)
        .find(|item| bounds.highest[item / LANES] < values[*item])
        .map(|item| format!("{item} is above its bound"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn agrees_with_the_definition(seed in any::<u64>(), items in 1usize..300, dim in 1usize..140, beside in any::<bool>()) {
        prop_assert_eq!(differs(each, seed, items, dim, beside), None);
        prop_assert_eq!(differs(scalar::each, seed, items, dim, beside), None);
    }
}

#[test]
fn the_largest_sums_are_exact() {
    for dim in [512, 1_024] {
        for (x, q) in [(-128, Words::MOST), (-128, -Words::MOST), (127, Words::MOST)] {
            let (rows, query) = (vec![x; 16 * dim], vec![q; dim]);
            let blocks = Blocks::arrange(rows.iter().map(|x: &i8| *x as u8).collect(), 16, dim);
            let mut words = Words::default();
            words.fill(&query);
            let scan = Scan { blocks: blocks.bytes(), allowed: &[0xffff], words: &words, beside: None };
            let mut bounds = Bounds::default();
            bounds.open(1);
            let mut found: Vec<f32> = Vec::new();
            each(&scan, &mut bounds, f32::NEG_INFINITY, &mut |_, _, values| {
                found.extend(values);
                f32::NEG_INFINITY
            });
            assert_eq!(found, [defined(&rows, &query, 0); 16], "{dim} {x} {q}");
        }
    }
}

#[test]
fn a_broken_lane_is_rejected() {
    // The control: the property sees it in nearly every table.
    let seen = (0..40).filter(|seed| differs(broken, *seed, 100, 24, seed % 2 == 0).is_some()).count();
    assert!(seen > 35, "{seen} of 40");
}

#[cfg(target_arch = "wasm32")]
#[test]
fn simd128_is_on_unless_the_build_says_otherwise() {
    let wanted = option_env!("HOMEBODY_WITHOUT_SIMD").is_none();
    assert_eq!(cfg!(target_feature = "simd128"), wanted);
}
