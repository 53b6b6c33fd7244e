//! The value of `HAUBERK_POLICY`: `1.<open|block>.<fingerprint>.<payload>.<signature>`.
//!
//! `payload` is base64url (no padding) of the raw deflate of the compiled policy, in which `key` is the
//! Ed25519 public key; `fingerprint` the first 32 hex digits of the key's SHA-256; `signature` is base64url of
//! Ed25519 (RFC 8032) over all before the last dot.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_compact::{PublicKey, Signature};
use miniz_oxide::inflate::TINFLStatus;
use serde::Deserialize;

/// A policy variable is at most this long: Lambda gives a function 4 KB of environment; an object has more room.
pub const MOST_BYTES: usize = 1 << 20;
/// A policy document is at most this long when inflated.
pub const MOST_DOCUMENT_BYTES: usize = 8 << 20;
const REMEDY: &str = "set HAUBERK_POLICY to what `hauberk policy compile` prints";

/// A policy document whose signature was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    pub document: Vec<u8>,
    pub fingerprint: String,
}

/// Why a variable's value cannot be trusted, and whether it asks to block then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    pub message: String,
    pub blocks: bool,
}

#[derive(Deserialize)]
struct KeyOf {
    key: String,
}

/// Opens and verifies a value. `trusted` lists fingerprints; empty means that any key will do.
///
/// # Errors
/// [`Refused`] with what is wrong and what to do.
pub fn open(value: &str, trusted: &[String]) -> Result<Opened, Refused> {
    let value = value.trim();
    let blocks = value.starts_with("1.block.");
    open_parts(value, trusted).map_err(|message| Refused { message, blocks })
}

fn open_parts(value: &str, trusted: &[String]) -> Result<Opened, String> {
    if value.len() > MOST_BYTES {
        return Err(format!(
            "the policy is {} bytes long, at most {MOST_BYTES} are read",
            value.len()
        ));
    }
    let parts: Vec<&str> = value.split('.').collect();
    let [version, on_error, fingerprint, payload, signature] = parts[..] else {
        return Err(match parts.len() {
            4 => format!("the policy is not signed; {REMEDY}"),
            1 => format!("the policy is unreadable: no compiled policy at all; {REMEDY}"),
            count => format!("the policy is unreadable: {count} parts, not 5; {REMEDY}"),
        });
    };
    if version != "1" || !matches!(on_error, "open" | "block") {
        return Err(format!(
            "the policy is of an unknown form {version:.8}.{on_error:.8}; update the layer"
        ));
    }
    let document = inflate(payload)?;
    let key = public_key(&document)?;
    let actual = fingerprint_of(&key);
    if fingerprint != actual {
        return Err(format!(
            "the policy's key is {actual}, not {fingerprint:.32} as its envelope says; {REMEDY}"
        ));
    }
    if !trusted.is_empty() && !trusted.contains(&actual) {
        return Err(format!(
            "the policy is signed by {actual}, a key that this layer does not trust; sign it with a key whose \
             fingerprint is in /opt/hauberk/trusted-keys"
        ));
    }
    verify(&key, value, signature)?;
    Ok(Opened {
        document,
        fingerprint: actual,
    })
}

fn inflate(payload: &str) -> Result<Vec<u8>, String> {
    let unreadable = |why| format!("the policy is unreadable: {why}; {REMEDY}");
    let deflated = URL_SAFE_NO_PAD
        .decode(payload)
        .map_err(|_| unreadable("it was cut off or changed"))?;
    miniz_oxide::inflate::decompress_to_vec_with_limit(&deflated, MOST_DOCUMENT_BYTES).map_err(
        |error| {
            unreadable(match error.status {
                TINFLStatus::HasMoreOutput => "it is too large",
                _ => "it was cut off or changed",
            })
        },
    )
}

fn public_key(document: &[u8]) -> Result<[u8; 32], String> {
    let key: KeyOf = serde_json::from_slice(document)
        .map_err(|error| format!("the policy names no key: {error}; {REMEDY}"))?;
    let bytes = URL_SAFE_NO_PAD.decode(key.key).unwrap_or_default();
    bytes
        .try_into()
        .map_err(|_| format!("the policy's key is not 32 bytes long; {REMEDY}"))
}

fn verify(key: &[u8; 32], value: &str, signature: &str) -> Result<(), String> {
    let wrong =
        || format!("the policy's signature is wrong: it was changed after it was signed; {REMEDY}");
    let signed = &value[..value.len() - signature.len() - 1];
    let bytes = URL_SAFE_NO_PAD.decode(signature).map_err(|_| wrong())?;
    let signature = Signature::from_slice(&bytes).map_err(|_| wrong())?;
    let key = PublicKey::from_slice(key).map_err(|_| wrong())?;
    key.verify(signed, &signature).map_err(|_| wrong())
}

/// The first 32 hex digits of a key's SHA-256.
#[must_use]
pub fn fingerprint_of(key: &[u8; 32]) -> String {
    hmac_sha256::Hash::hash(key)
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
