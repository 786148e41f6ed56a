//! Bundles for tests, written by hand so that the reader is not tested with its own writer.
//! Shared by the unit tests and, by path, by the suites under `tests/`.
#![allow(dead_code, missing_docs, reason = "each suite uses its part")]

/// A safetensors file: (name, dtype, shape, bytes) in order, and metadata.
pub fn safetensors(tensors: &[(&str, &str, &[usize], Vec<u8>)], metadata: &[(&str, &str)]) -> Vec<u8> {
    let mut header = String::from("{\"__metadata__\":{");
    let pairs: Vec<String> = metadata.iter().map(|(key, value)| format!("\"{key}\":\"{value}\"")).collect();
    header += &pairs.join(",");
    header += "}";
    let mut data = Vec::new();
    for (name, dtype, shape, bytes) in tensors {
        let (start, end) = (data.len(), data.len() + bytes.len());
        header +=
            &format!(",\"{name}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":[{start},{end}]}}");
        data.extend_from_slice(bytes);
    }
    header += "}";
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend_from_slice(header.as_bytes());
    file.extend_from_slice(&data);
    file
}

pub fn f32s(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub fn u16s(values: &[u16]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

pub fn u32s(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Text and offsets of a list of strings.
pub fn strings<S: AsRef<str>>(list: &[S]) -> (Vec<u8>, Vec<u8>) {
    let mut offsets = vec![0u32];
    let mut text = Vec::new();
    for one in list {
        text.extend_from_slice(one.as_ref().as_bytes());
        offsets.push(text.len() as u32);
    }
    (text, u32s(&offsets))
}

/// Tensors of a small grocery: two cheeses, milk, bread, pasta, apples.
pub fn tensors() -> Vec<(&'static str, &'static str, &'static [usize], Vec<u8>)> {
    let (ids, id_offsets) = strings(&["brie", "cheddar", "milk", "bread", "pasta", "apples"]);
    let (names, name_offsets) =
        strings(&["Dairy > Cheese", "Dairy > Milk", "Bakery > Bread", "Grocery > Pasta", "Produce > Fruit"]);
    let factors: [f32; 24] = [
        0.9, 0.1, 0.0, 0.1, // brie
        0.8, 0.2, 0.0, 0.0, // cheddar
        0.3, 0.9, 0.1, 0.0, // milk
        0.1, 0.7, 0.4, 0.0, // bread
        0.0, 0.1, 0.9, 0.2, // pasta
        0.0, 0.0, 0.2, 0.9, // apples
    ];
    vec![
        ("ids", "U8", &[31], ids),
        ("ids.offsets", "U32", &[7], id_offsets),
        ("factors", "F32", &[6, 4], f32s(&factors)),
        ("bias", "F32", &[6], f32s(&[0.0, -0.1, -0.2, -0.3, -0.4, -0.5])),
        ("popularity", "F32", &[6], f32s(&[60.0, 50.0, 40.0, 30.0, 20.0, 10.0])),
        ("category", "U16", &[6], u16s(&[0, 0, 1, 2, 3, 4])),
        ("category.names", "U8", &[70], names),
        ("category.names.offsets", "U32", &[6], name_offsets),
        ("price", "F32", &[6], f32s(&[5.0, 4.0, 1.0, 2.0, 1.5, 3.0])),
        ("price.quantiles", "F32", &[3], f32s(&[1.0, 2.5, 5.0])),
    ]
}

/// The small grocery as a bundle.
pub fn bundle() -> Vec<u8> {
    safetensors(&tensors(), &[("homebody.format", "1"), ("homebody.version", "test-1"), ("homebody.model", "hand")])
}

/// The same with these categories, five or more: what is more than five has no item.
pub fn with_categories(names: &[String]) -> Vec<u8> {
    let (text, offsets) = strings(names);
    let (length, count) = ([text.len()], [names.len() + 1]);
    let mut tensors: Vec<(&str, &str, &[usize], Vec<u8>)> = tensors();
    for (name, _, shape, bytes) in &mut tensors {
        match *name {
            "category.names" => (*shape, *bytes) = (&length, text.clone()),
            "category.names.offsets" => (*shape, *bytes) = (&count, offsets.clone()),
            _ => {}
        }
    }
    safetensors(&tensors, &[("homebody.format", "1"), ("homebody.version", "test-1")])
}

/// The same with words of two dimensions beside the factors: the cheeses share one, apples have none.
pub fn bundle_with_text() -> Vec<u8> {
    safetensors(&tensors_with_text(), &[("homebody.format", "1"), ("homebody.version", "test-1")])
}

/// Its tensors.
pub fn tensors_with_text() -> Vec<(&'static str, &'static str, &'static [usize], Vec<u8>)> {
    let words: [i8; 12] = [127, 0, 120, 40, 0, 127, 60, 100, -10, 90, 0, 0];
    let mut tensors = tensors();
    tensors.push(("factors.text", "I8", &[6, 2], words.iter().map(|value| *value as u8).collect()));
    tensors.push(("factors.text.scale", "F32", &[2], f32s(&[1.0 / 127.0; 2])));
    tensors.push(("fold-in", "F32", &[5], f32s(&[1.0, 0.1, 2.0, 30.0, 1.0])));
    tensors.push(("fold-in.text", "F32", &[5], f32s(&[1.0, 0.1, 2.0, 30.0, 1.0])));
    tensors
}

/// A bundle of `items` items with pseudo-random int8 factors; `twins` repeats vectors, for ties.
pub fn random_bundle(seed: u64, items: usize, dim: usize, twins: bool) -> Vec<u8> {
    let mut state = seed;
    let mut next = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u32
    };
    let (ids, id_offsets) = strings(&(0..items).map(|item| format!("item-{item}")).collect::<Vec<_>>());
    let mut table: Vec<u8> = (0..items * dim).map(|_| next() as u8).collect();
    if twins {
        let first: Vec<u8> = table[..dim].to_vec();
        table.chunks_exact_mut(dim).step_by(3).for_each(|row| row.copy_from_slice(&first));
    }
    let scale: Vec<f32> = (0..dim).map(|_| (1 + next() % 100) as f32 / 1000.0).collect();
    let (names, name_offsets) = strings(&["A > a", "A > b", "B > c"]);
    let category: Vec<u16> = (0..items).map(|_| (next() % 3) as u16).collect();
    safetensors(
        &[
            ("ids", "U8", &[ids.len()], ids.clone()),
            ("ids.offsets", "U32", &[items + 1], id_offsets),
            ("factors", "I8", &[items, dim], table),
            ("factors.scale", "F32", &[dim], f32s(&scale)),
            ("category", "U16", &[items], u16s(&category)),
            ("category.names", "U8", &[names.len()], names.clone()),
            ("category.names.offsets", "U32", &[4], name_offsets),
        ],
        &[("homebody.format", "1")],
    )
}
