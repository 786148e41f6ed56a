//! Records on their way between the page's script, which stores them, and the tab: each is its length and its bytes.

use crate::bytes::{Reader, Writer};

/// A key and the bytes stored under it.
pub(super) type Keyed = (u64, Vec<u8>);

/// Records, one behind the other.
pub(super) fn packed<'a>(records: impl Iterator<Item = &'a [u8]>) -> Vec<u8> {
    let mut out = Writer::default();
    for record in records {
        out.u32(record.len() as u32);
        out.0.extend_from_slice(record);
    }
    out.0
}

/// The records again.
pub(super) fn unpacked(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut input = Reader::new(bytes);
    std::iter::from_fn(move || {
        if input.ended() {
            return None;
        }
        let len = input.u32() as usize;
        let record = input.take(len);
        (!input.has_failed()).then_some(record)
    })
}

/// Texts, as records. Lists of strings as wasm-bindgen has them would be 1 kB of the module.
pub(super) fn packed_texts<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<u8> {
    packed(texts.map(str::as_bytes))
}

/// The texts again.
pub(super) fn texts(bytes: &[u8]) -> Vec<String> {
    unpacked(bytes).map(|text| core::str::from_utf8(text).unwrap_or_default().to_owned()).collect()
}

/// Records under their keys.
pub(super) fn keyed<'a>(keys: &[f64], bytes: &'a [u8]) -> Vec<(u64, &'a [u8])> {
    keys.iter().map(|key| *key as u64).zip(unpacked(bytes)).collect()
}
