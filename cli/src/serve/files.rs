//! The shop's files: from memory, compressed once, revalidated by ETag.

mod variant;

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, RwLock};
use std::time::SystemTime;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::refusal::Refusal;
use crate::error::{Error, Result};

use variant::{Encoding, Packed};

pub struct Files {
    www: PathBuf,
    pkg: PathBuf,
    /// Kept as they were at the start: reports must fit the factors that were served.
    shop: HashMap<&'static str, Arc<Packed>>,
    cache: RwLock<HashMap<PathBuf, Cached>>,
}

#[derive(Clone)]
struct Cached {
    /// A file that has another time or length is read anew.
    state: (SystemTime, u64),
    packed: Arc<Packed>,
}

/// What is in `/shop/`, and whether a shop must have it.
const SHOP: [(&str, bool); 3] = [("catalogue.json", true), ("factors.safetensors", true), ("households.json", false)];

impl Files {
    pub fn open(www: &Path, pkg: &Path, shop: &Path) -> Result<Self> {
        let root = |path: &Path| path.canonicalize().map_err(Error::file(path));
        let mut kept = HashMap::new();
        for (name, required) in SHOP {
            let path = shop.join(name);
            if !required && !path.exists() {
                continue;
            }
            let bytes = std::fs::read(&path).map_err(Error::file(&path))?;
            kept.insert(name, Arc::new(Packed::new(bytes, name)));
        }
        Ok(Self { www: root(www)?, pkg: root(pkg)?, shop: kept, cache: RwLock::default() })
    }

    fn find(&self, path: &str) -> Option<Arc<Packed>> {
        let path = if path == "/" { "index.html" } else { path.strip_prefix('/')? };
        if let Some(name) = path.strip_prefix("shop/") {
            return self.shop.get(name).cloned();
        }
        let (root, path) = match path.strip_prefix("pkg/") {
            Some(path) => (&self.pkg, path),
            None => (&self.www, path),
        };
        self.load(&resolve(root, path)?)
    }

    fn load(&self, path: &Path) -> Option<Arc<Packed>> {
        let metadata = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let state = (metadata.modified().ok()?, metadata.len());
        // The map is whole between any two steps, so a panic elsewhere does not matter.
        let known = self.cache.read().unwrap_or_else(|poison| poison.into_inner()).get(path).cloned();
        if let Some(cached) = known.filter(|cached| cached.state == state) {
            return Some(cached.packed);
        }
        let name = path.file_name()?.to_str()?;
        let packed = Arc::new(Packed::new(std::fs::read(path).ok()?, name));
        let cached = Cached { state, packed: packed.clone() };
        self.cache.write().unwrap_or_else(|poison| poison.into_inner()).insert(path.into(), cached);
        Some(packed)
    }
}

/// A file within the root, or nothing: no hidden files, no way up, no link out, and not the data
/// that the shop was trained from.
fn resolve(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains(['\\', ':', '%', '\0']);
    if !path.split('/').all(plain) || path.split('/').next()?.eq_ignore_ascii_case("data") {
        return None;
    }
    let file = root.join(path).canonicalize().ok()?;
    let inside = file.strip_prefix(root).ok()?;
    let data = matches!(inside.components().next()?, Component::Normal(first) if first.eq_ignore_ascii_case("data"));
    (!data).then_some(file)
}

pub async fn get(State(app): State<Arc<App>>, request: Request) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "wrong-method", "right would be GET");
        return ([(header::ALLOW, "GET, HEAD")], refusal).into_response();
    }
    let path = request.uri().path().to_string();
    let encoding = Encoding::accepted(request.headers());
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    // Reading and compressing block; the other requests should not wait for it.
    let found = tokio::task::spawn_blocking(move || {
        let packed = app.files.find(&path)?;
        let bytes = packed.bytes(encoding);
        Some((packed, bytes))
    });
    match found.await {
        Ok(Some((packed, (encoding, bytes)))) => answer(&packed, encoding, bytes, known.as_ref()),
        _ => Refusal::new(StatusCode::NOT_FOUND, "not-found", "there is no such page").into_response(),
    }
}

fn answer(packed: &Packed, encoding: Encoding, bytes: axum::body::Bytes, known: Option<&HeaderValue>) -> Response {
    let tag = packed.tag(encoding);
    let mut headers = HeaderMap::new();
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    // Kept, and asked about each time: a new bundle is seen at once, an old one costs no bytes.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let same = known.and_then(|known| known.to_str().ok()).is_some_and(|known| {
        known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag)
    });
    headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("a tag is hexadecimal digits"));
    if same {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(packed.mime));
    if let Some(name) = encoding.name() {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(name));
    }
    (headers, Body::from(bytes)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_outside_the_root_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("www");
        std::fs::create_dir_all(root.join("data")).unwrap();
        for file in ["www/a.html", "www/.hidden", "www/data/purchases.parquet", "secret"] {
            std::fs::write(folder.path().join(file), "x").unwrap();
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path().join("secret"), root.join("link.html")).unwrap();
            std::os::unix::fs::symlink(root.join("data"), root.join("other")).unwrap();
        }
        assert_eq!(resolve(&root, "a.html"), Some(root.join("a.html")));
        for path in [
            "../secret",
            "a.html/../../secret",
            "..",
            ".",
            "",
            ".hidden",
            "/secret",
            "//secret",
            "%2e%2e/secret",
            "..\\secret",
            "C:secret",
            "data/purchases.parquet",
            "DATA/purchases.parquet",
            "link.html",
            "other/purchases.parquet",
            "a.html/",
            "none.html",
        ] {
            assert_eq!(resolve(&root, path), None, "{path}");
        }
    }
}
