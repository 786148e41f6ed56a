//! Bytes as they travel.

use std::io::Write;

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).expect("a vector takes all bytes");
    encoder.finish().expect("a vector takes all bytes")
}

pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    // 11 would be a twentieth smaller and take ten times as long, in front of a server's first visitor.
    let params = brotli::enc::BrotliEncoderParams { quality: 9, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &*bytes, &mut compressed, &params).expect("a vector takes all bytes");
    compressed
}
