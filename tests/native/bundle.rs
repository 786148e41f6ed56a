//! The bundle reader against the `safetensors` crate, and against hostile files.

use crate::fixture::{bundle, f32s, random_bundle, safetensors, strings, tensors, u16s, u32s};
use homebody::{Error, Factors};
use proptest::prelude::*;
use safetensors::SafeTensors;

fn code(file: &[u8]) -> &'static str {
    Factors::read(file).err().map_or("accepted", |error| error.code())
}

/// A file with a header of one's own.
fn with_header(header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(data);
    file
}

/// The small grocery with one tensor changed.
fn changed(name: &str, change: impl Fn(&mut (&'static str, &'static str, &'static [usize], Vec<u8>))) -> Vec<u8> {
    let mut all = tensors();
    let tensor = all.iter_mut().find(|tensor| tensor.0 == name).expect("the fixture has it");
    change(tensor);
    safetensors(&all, &[("homebody.format", "1")])
}

#[test]
fn the_small_grocery_of_the_documentation_is_this_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/grocery.safetensors");
    if std::env::var("HOMEBODY_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(path, bundle()).unwrap();
    }
    assert!(std::fs::read(path).unwrap() == bundle(), "HOMEBODY_GOLDEN=write cargo test writes it anew");
}

#[test]
fn the_small_grocery_is_read() {
    let factors = Factors::read(&bundle()).unwrap();
    assert_eq!((factors.len(), factors.dim(), factors.version()), (6, 4, "test-1"));
    assert_eq!(factors.find("milk"), Some(2));
    assert_eq!(factors.id(5), "apples");
    assert_eq!(factors.departments(), ["Dairy", "Bakery", "Grocery", "Produce"]);
    assert_eq!(factors.category(3).map(|category| factors.category_name(category)), Some("Bakery > Bread"));
    let vector = factors.space().vector(0);
    assert!((vector[0] - 0.9).abs() < 0.004 && (vector[2]).abs() < 0.004);
}

#[test]
fn ids_and_factors_are_enough() {
    let (ids, offsets) = strings(&["a", "b"]);
    let file = safetensors(
        &[
            ("ids", "U8", &[2], ids),
            ("ids.offsets", "U32", &[3], offsets),
            ("factors", "F32", &[2, 1], f32s(&[1.0, -1.0])),
        ],
        &[],
    );
    let factors = Factors::read(&file).unwrap();
    assert!(factors.version().starts_with("crc-") && factors.category(0).is_none() && factors.price(1).is_none());
}

#[test]
fn each_defect_has_its_error() {
    let whole = bundle();
    let with_length = |length: u64| [&length.to_le_bytes(), &whole[8..]].concat();
    let one = |dtype, shape, offsets| {
        format!("{{\"factors\":{{\"dtype\":\"{dtype}\",\"shape\":{shape},\"data_offsets\":{offsets}}}}}")
    };
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "bundle-truncated"),
        ("a header of 2^64-1 bytes", with_length(u64::MAX), "bundle-too-large"),
        ("a header above the cap", with_length(2 << 20), "bundle-too-large"),
        ("a header longer than the file", with_length(900_000), "bundle-truncated"),
        ("a page of HTML", b"<!doctype html><html><body>404</body></html>".to_vec(), "bundle-too-large"),
        ("HTML as the header", with_header("<html>", b""), "bundle-header"),
        ("a list as the header", with_header("[]", b""), "bundle-header"),
        ("text behind the header's object", with_header("{} x", b""), "bundle-header"),
        ("a header without an end", with_header("{\"ids\":", b""), "bundle-header"),
        ("a lone surrogate", with_header("{\"\\ud800\":1}", b""), "bundle-header"),
        (
            "a tensor named twice",
            with_header(
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}",
                b"",
            ),
            "tensor-twice",
        ),
        (
            "a key named twice",
            with_header("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", b""),
            "tensor-twice",
        ),
        ("an unknown dtype", with_header(&one("Q9", "[1]", "[0,1]"), b"x"), "bundle-header"),
        ("a negative number", with_header(&one("U8", "[-1]", "[0,1]"), b"x"), "bundle-header"),
        (
            "a number beyond memory",
            with_header(&one("U8", "[99999999999999999999999]", "[0,1]"), b"x"),
            "bundle-header",
        ),
        (
            "a product beyond memory",
            with_header(&one("F32", "[9999999999,9999999999]", "[0,1]"), b"x"),
            "tensor-offsets",
        ),
        ("a shape of other bytes", with_header(&one("F32", "[2]", "[0,4]"), b"1234"), "tensor-offsets"),
        ("an end before the start", with_header(&one("U8", "[1]", "[1,0]"), b"x"), "tensor-offsets"),
        ("a gap", with_header(&one("U8", "[1]", "[1,2]"), b"xx"), "tensor-offsets"),
        ("bytes behind the last tensor", [whole.clone(), vec![0]].concat(), "bundle-too-large"),
        ("too many dimensions", with_header(&one("U8", "[1,1,1,1,1,1,1,1,1]", "[0,1]"), b"x"), "bundle-too-large"),
        ("another format", safetensors(&tensors(), &[("homebody.format", "2")]), "bundle-format"),
        ("a version too long", safetensors(&tensors(), &[("homebody.version", &"v".repeat(65))]), "bundle-too-large"),
        ("no ids", safetensors(&tensors()[2..], &[]), "tensor-missing"),
        ("no factors", safetensors(&tensors()[..2], &[]), "tensor-missing"),
        ("ids that are not UTF-8", changed("ids", |t| t.3[0] = 0xff), "tensor-value"),
        ("ids given twice", changed("ids", |t| t.3 = b"briebriemilkbreadpastaapples+++".to_vec()), "accepted"),
        ("offsets that fall", changed("ids.offsets", |t| t.3 = u32s(&[0, 11, 4, 15, 20, 25, 31])), "tensor-value"),
        ("factors with NaN", changed("factors", |t| t.3[..4].copy_from_slice(&f32::NAN.to_le_bytes())), "tensor-value"),
        (
            "factors with infinity",
            changed("factors", |t| t.3[..4].copy_from_slice(&f32::INFINITY.to_le_bytes())),
            "tensor-value",
        ),
        ("factors of 0 dimensions", changed("factors", |t| (t.2, t.3) = (&[6, 0], Vec::new())), "tensor-shape"),
        ("factors of other items", changed("factors", |t| t.2 = &[4, 6]), "tensor-shape"),
        ("integer factors without scale", changed("factors", |t| (t.1, t.3) = ("I8", vec![1; 24])), "tensor-missing"),
        ("a category without a name", changed("category", |t| t.3 = u16s(&[0, 0, 1, 2, 3, 5])), "tensor-value"),
        ("a bias above 0", changed("bias", |t| t.3 = f32s(&[1.0; 6])), "tensor-value"),
        ("quantiles that fall", changed("price.quantiles", |t| t.3 = f32s(&[1.0, 3.0, 2.0])), "tensor-shape"),
        ("quantiles that are the same", changed("price.quantiles", |t| t.3 = f32s(&[1.0, 1.0, 2.0])), "accepted"),
    ];
    for (what, file, wanted) in cases {
        assert_eq!(code(&file), wanted, "{what}: {:?}", Factors::read(&file).err());
    }
    let empty = safetensors(
        &[
            ("ids", "U8", &[0], Vec::new()),
            ("ids.offsets", "U32", &[1], u32s(&[0])),
            ("factors", "F32", &[0, 1], Vec::new()),
        ],
        &[],
    );
    assert_eq!(code(&empty), "tensor-shape", "no items");
    let (ids, offsets) = strings(&["a", "a"]);
    let twins = safetensors(
        &[
            ("ids", "U8", &[2], ids),
            ("ids.offsets", "U32", &[3], offsets),
            ("factors", "F32", &[2, 1], f32s(&[1.0, -1.0])),
        ],
        &[],
    );
    assert!(matches!(Factors::read(&twins), Err(Error::TensorValue { name: "ids", at: 1, .. })));
    let wide = safetensors(
        &[
            ("ids", "U8", &[1], b"a".to_vec()),
            ("ids.offsets", "U32", &[2], u32s(&[0, 1])),
            ("factors", "F32", &[1, 1_025], vec![0; 4_100]),
        ],
        &[],
    );
    assert_eq!(code(&wide), "bundle-too-large", "too many dimensions");
}

/// Halves, their neighbours, zeros, numbers too small for an exact scale: what python/ must round alike.
#[test]
fn rounding_to_8_bits_is_the_golden_one() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/quantised.safetensors");
    let values: Vec<f32> = (0..255u32)
        .flat_map(|i| {
            let (half, sign) = ((i / 2) as f32 + 0.5, if i % 3 == 0 { -1.0 } else { 1.0 });
            let beside = f32::from_bits(if i % 2 == 0 { half.to_bits() - 1 } else { half.to_bits() + 1 });
            let beside = if i == 254 { 127.0 } else { beside };
            let row = [
                i as f32 * 0.5,
                beside,
                0.0,
                f32::from_bits(i.min(190)),
                (i * 7_919 % 501) as f32 / 3.0,
                3_900.0 * i as f32,
            ];
            row.map(|value| value * sign)
        })
        .collect();
    let (table, scale) = homebody::factors::quantise(&values, 6);
    let names: Vec<String> = (0..255).map(|i| i.to_string()).collect();
    let (ids, offsets) = strings(&names);
    let file = safetensors(
        &[
            ("ids", "U8", &[ids.len()], ids.clone()),
            ("ids.offsets", "U32", &[256], offsets),
            ("values", "F32", &[255, 6], f32s(&values)),
            ("factors", "I8", &[255, 6], table.iter().map(|value| value.cast_unsigned()).collect()),
            ("factors.scale", "F32", &[6], f32s(&scale)),
        ],
        &[],
    );
    if std::env::var("HOMEBODY_GOLDEN").is_ok_and(|wish| wish == "write") {
        std::fs::write(path, &file).unwrap();
    }
    assert!(std::fs::read(path).unwrap() == file, "HOMEBODY_GOLDEN=write cargo test writes it anew");
    assert!(table.contains(&-128) && scale[2] == 0.0, "the golden file has the hard cases");
}

#[test]
fn a_bundle_cut_anywhere_is_refused() {
    let whole = bundle();
    for len in 0..whole.len() {
        assert!(Factors::read(&whole[..len]).is_err(), "cut at {len}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_we_read_the_crate_reads_the_same(seed in any::<u64>(), items in 1usize..60, dim in 1usize..40) {
        let file = random_bundle(seed, items, dim, false);
        let (ours, theirs) = (Factors::read(&file).unwrap(), SafeTensors::deserialize(&file).unwrap());
        let table = theirs.tensor("factors").unwrap();
        prop_assert_eq!(table.shape(), [ours.len(), ours.dim()]);
        let values = (0..ours.len() as u32).flat_map(|item| ours.space().values(item));
        prop_assert!(table.data().iter().map(|byte| *byte as i8).eq(values));
        prop_assert_eq!(theirs.tensor("factors.scale").unwrap().data(), f32s(ours.space().scale()));
    }

    #[test]
    fn a_mutated_bundle_never_panics_and_we_accept_nothing_that_the_crate_refuses(
        at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>(), insert in any::<bool>(),
    ) {
        let mut file = bundle();
        let at = at.index(file.len());
        if insert { file.insert(at, byte) } else { file[at] = byte }
        if byte % 5 == 0 { file.truncate(cut.index(file.len())) }
        if Factors::read(&file).is_ok() {
            prop_assert!(SafeTensors::deserialize(&file).is_ok());
        }
    }
}
