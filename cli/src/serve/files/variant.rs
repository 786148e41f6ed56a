//! One file in the encodings that browsers take.

use std::sync::OnceLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::compressed::{brotli, gzip};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Identity,
    Gzip,
    Brotli,
}

impl Encoding {
    /// The densest that the browser takes.
    pub fn accepted(headers: &HeaderMap) -> Self {
        let accepts = |name: &str| {
            headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
                value.split(',').any(|part| {
                    let (encoding, quality) = part.split_once(';').unwrap_or((part, ""));
                    let never = matches!(quality.trim().trim_end_matches('0'), "q=" | "q=0." | "q=.");
                    encoding.trim().eq_ignore_ascii_case(name) && !never
                })
            })
        };
        if accepts("br") {
            Self::Brotli
        } else if accepts("gzip") {
            Self::Gzip
        } else {
            Self::Identity
        }
    }

    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::Identity => None,
            Self::Gzip => Some("gzip"),
            Self::Brotli => Some("br"),
        }
    }
}

/// A file's bytes, and the same compressed, once somebody asks for it.
pub struct Packed {
    pub mime: &'static str,
    hash: String,
    plain: Bytes,
    gzip: OnceLock<Option<Bytes>>,
    brotli: OnceLock<Option<Bytes>>,
}

impl Packed {
    pub fn new(bytes: Vec<u8>, name: &str) -> Self {
        let hash = Sha256::digest(&bytes).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Self { mime: mime(name), hash, plain: bytes.into(), gzip: OnceLock::new(), brotli: OnceLock::new() }
    }

    /// The bytes in the wished encoding, or as they are where it would not make them smaller.
    pub fn bytes(&self, wished: Encoding) -> (Encoding, Bytes) {
        let compressible = self.plain.len() > 1_024 && COMPRESSIBLE.contains(&self.mime);
        let compressed = match wished {
            Encoding::Gzip if compressible => self.gzip.get_or_init(|| smaller(gzip(&self.plain), &self.plain)),
            Encoding::Brotli if compressible => self.brotli.get_or_init(|| smaller(brotli(&self.plain), &self.plain)),
            _ => &None,
        };
        match compressed {
            Some(bytes) => (wished, bytes.clone()),
            None => (Encoding::Identity, self.plain.clone()),
        }
    }

    /// A strong ETag: each encoding is another sequence of bytes.
    pub fn tag(&self, encoding: Encoding) -> String {
        match encoding.name() {
            Some(name) => format!("\"{}-{name}\"", self.hash),
            None => format!("\"{}\"", self.hash),
        }
    }
}

fn smaller(compressed: Vec<u8>, plain: &Bytes) -> Option<Bytes> {
    (compressed.len() < plain.len()).then(|| compressed.into())
}

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const JSON: &str = "application/json";
const BINARY: &str = "application/octet-stream";

const COMPRESSIBLE: [&str; 9] = [
    "text/html; charset=utf-8",
    "text/css; charset=utf-8",
    "text/plain; charset=utf-8",
    JAVASCRIPT,
    JSON,
    "application/manifest+json",
    "application/wasm",
    "image/svg+xml",
    BINARY,
];

/// The MIME type of a file by its name. WebAssembly compiles while it downloads only with its own.
fn mime(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => COMPRESSIBLE[0],
        "css" => COMPRESSIBLE[1],
        "txt" | "md" | "ts" => COMPRESSIBLE[2],
        "js" | "mjs" => JAVASCRIPT,
        "json" | "map" => JSON,
        "webmanifest" => "application/manifest+json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        _ => BINARY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(value: &str) -> Encoding {
        Encoding::accepted(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, value.parse().unwrap())]))
    }

    #[test]
    fn the_densest_encoding_that_is_taken() {
        assert_eq!(accepted("gzip, deflate, br"), Encoding::Brotli);
        assert_eq!(accepted("gzip;q=0.5"), Encoding::Gzip);
        assert_eq!(accepted("br;q=0, gzip"), Encoding::Gzip);
        assert_eq!(accepted("br;q=0.0, gzip;q=0.000"), Encoding::Identity);
        assert_eq!(accepted("*, zstd"), Encoding::Identity);
        assert_eq!(Encoding::accepted(&HeaderMap::new()), Encoding::Identity);
    }

    #[test]
    fn only_what_gets_smaller_is_compressed() {
        let text = Packed::new(b"homebody ".repeat(1_000), "a.js");
        for encoding in [Encoding::Gzip, Encoding::Brotli] {
            let (used, bytes) = text.bytes(encoding);
            assert!(used == encoding && bytes.len() < 500);
        }
        let picture = Packed::new(b"homebody ".repeat(1_000), "a.png");
        assert_eq!(picture.bytes(Encoding::Brotli).0, Encoding::Identity);
        let mut random = crate::random::Random::new(1);
        let noise = (0..1_000).flat_map(|_| random.next().to_le_bytes()).collect();
        assert_eq!(Packed::new(noise, "a.wasm").bytes(Encoding::Gzip).0, Encoding::Identity);
    }

    #[test]
    fn types_by_name() {
        for (name, expected) in [
            ("homebody_bg.wasm", "application/wasm"),
            ("index.js", "text/javascript; charset=utf-8"),
            ("factors.safetensors", "application/octet-stream"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(mime(name), expected);
        }
    }
}
