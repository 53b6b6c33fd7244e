//! Lists of malicious sources: those that the policy names are read once, at the start; tools make and ask them.

use hauberk_core::policy::Policy;
use hauberk_core::source_list::{MOST_BYTES, Refused, SourceList, Unusual, draw};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::net::IpAddr;

/// Reads the lists that a policy names, and says of each whether it is in force.
pub(crate) fn load(policy: &mut Policy) -> BTreeMap<String, String> {
    let mut coverage = BTreeMap::new();
    for wanted in policy.sources.wanted().to_vec() {
        let added = content(&wanted.path).and_then(|bytes| policy.sources.add(&wanted, &bytes));
        let state = added.map_or_else(
            |fault| format!("gap: {}: {fault}", wanted.path),
            |()| "armed".to_owned(),
        );
        coverage.insert(format!("sources.{}", wanted.name), state);
    }
    coverage
}

/// A whole file, which is no pipe: that could keep the function waiting.
fn content(path: &str) -> Result<Vec<u8>, String> {
    const REMEDY: &str = "deploy the list there, in the package or a layer";
    let unreadable = |error: std::io::Error| format!("{error}; {REMEDY}");
    let kind = std::fs::metadata(path).map_err(unreadable)?;
    if !kind.is_file() {
        return Err(format!("it is no file; {REMEDY}"));
    }
    let mut bytes = Vec::new();
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX);
    let mut file = File::open(path).map_err(unreadable)?.take(most + 1);
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MOST_BYTES {
        return Err(format!(
            "it is longer than {} MB; name fewer sources",
            MOST_BYTES >> 20
        ));
    }
    Ok(bytes)
}

/// A compiled list of sources.
#[pyclass(frozen, name = "SourceList")]
pub struct List(pub(crate) SourceList);

#[pymethods]
impl List {
    /// Reads a compiled list. Raises ValueError where it is none.
    #[new]
    fn new(bytes: &[u8]) -> PyResult<List> {
        SourceList::read(bytes)
            .map(List)
            .map_err(PyValueError::new_err)
    }

    /// What it says of itself, as JSON.
    #[getter]
    fn about(&self) -> &str {
        self.0.about()
    }

    /// The day that it is of.
    #[getter]
    fn day(&self) -> String {
        self.0.day()
    }

    /// Prefixes of IPv4, prefixes of IPv6, bytes in memory.
    #[getter]
    fn size(&self) -> (usize, usize, usize) {
        let [four, six] = self.0.set.counts();
        (four, six, self.0.set.size_bytes())
    }

    fn age_days(&self, now_s: u64) -> u64 {
        self.0.age_days(now_s)
    }

    /// The prefix that an address is in, or None. Raises ValueError where the text is no address.
    fn prefix_of(&self, address: &str) -> PyResult<Option<String>> {
        let address: IpAddr = address
            .parse()
            .map_err(|_| PyValueError::new_err("not an IP address"))?;
        Ok(self
            .0
            .set
            .prefix_of(address)
            .map(|prefix| prefix.to_string()))
    }
}

/// The set of a list, as bytes, and how many of its prefixes were left out because they are not public. `prefixes` and
/// `exceptions` are lines. Raises ValueError with what is wrong and, where one prefix is to blame, which it is.
#[pyfunction]
pub fn draw_sources<'py>(
    py: Python<'py>,
    prefixes: &str,
    exceptions: &str,
    private: bool,
    most: bool,
) -> PyResult<(Bound<'py, PyBytes>, usize)> {
    let unusual = Unusual { private, most };
    let drawn = py.detach(|| draw(prefixes.lines(), exceptions.lines(), unusual));
    let drawn = drawn.map_err(|refused| {
        let at = match &refused {
            Refused::Bad(bad) => Some(bad.at),
            Refused::Wide(at, ..) => Some(*at),
            Refused::Most => None,
        };
        PyValueError::new_err((refused.to_string(), at))
    })?;
    let mut bytes = Vec::new();
    drawn.set.write(&mut bytes);
    Ok((PyBytes::new(py, &bytes), drawn.special))
}
