//! The staff's token: made once, kept in a file that only its owner reads, compared as a hash.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use axum::http::{HeaderMap, StatusCode, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::refusal::Refusal;
use crate::error::{Error, Result};

/// Fewer could be guessed.
const SHORTEST: usize = 32;

/// Reads the token, or makes one of 128 random bits.
pub fn read_or_make(path: &Path) -> Result<String> {
    if path.exists() {
        let token = std::fs::read_to_string(path).map_err(Error::file(path))?.trim().to_string();
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = format!("holds no staff token; right would be {SHORTEST} letters and digits or more");
            return Err(Error::content(path, message));
        }
        warn_if_others_can_read(path);
        return Ok(token);
    }
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|error| Error::request(format!("no random numbers: {error}")))?;
    let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(Error::file(path))?;
    writeln!(file, "{token}").map_err(Error::file(path))?;
    Ok(token)
}

fn warn_if_others_can_read(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).map_or(0, |metadata| metadata.permissions().mode());
        if mode & 0o077 != 0 {
            eprintln!("{}: others on this machine can read the token; right would be mode 600", path.display());
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// What a request must show; the token itself is not kept.
pub struct Token([u8; 32]);

impl Token {
    pub fn new(token: &str) -> Self {
        Self(Sha256::digest(token).into())
    }

    /// Only the header `Authorization: Bearer …` counts: what stands in a URL ends up in logs.
    pub fn check(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let refused = |message| Refusal::new(StatusCode::UNAUTHORIZED, "unauthorised", message);
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) = given
            .and_then(|value| value.split_once(' '))
            .ok_or_else(|| refused("send the header Authorization: Bearer with the staff token"))?;
        // Hashes are compared, and in constant time: no timing says how much of a guess was right.
        let same = Sha256::digest(token.trim()).ct_eq(&self.0).into();
        if scheme.eq_ignore_ascii_case("bearer") && same { Ok(()) } else { Err(refused("not the staff token")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::AUTHORIZATION, value.parse().unwrap())])
    }

    #[test]
    fn only_the_right_bearer_passes() {
        let token = Token::new("0123456789abcdef0123456789abcdef");
        assert!(token.check(&with("Bearer 0123456789abcdef0123456789abcdef")).is_ok());
        for other in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer 0123456789abcdef0123456789abcde",
            "Bearer 0123456789abcdef0123456789abcdef0",
            "Basic 0123456789abcdef0123456789abcdef",
            "0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(token.check(&with(other)).unwrap_err().status, 401, "{other}");
        }
        assert!(token.check(&HeaderMap::new()).is_err());
    }

    #[test]
    fn made_once_for_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let token = read_or_make(&path).unwrap();
        assert_eq!((token.len(), read_or_make(&path).unwrap()), (32, token.clone()));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let other = read_or_make(&folder.path().join("other")).unwrap();
        assert_ne!(token, other);
        std::fs::write(&path, "short").unwrap();
        assert!(read_or_make(&path).is_err());
    }
}
