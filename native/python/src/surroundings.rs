//! What `boot.py` knows of the environment.

use hauberk_system::{secrets, surroundings};
use pyo3::prelude::*;

/// What `boot.py` knows of the environment.
#[derive(FromPyObject)]
pub struct Surroundings {
    #[pyo3(item)]
    pub(crate) policy: Option<String>,
    #[pyo3(item)]
    pub(crate) mode: String,
    #[pyo3(item)]
    pub(crate) function: String,
    #[pyo3(item)]
    pub(crate) version: String,
    #[pyo3(item)]
    pub(crate) region: String,
    #[pyo3(item)]
    pub(crate) runtime_api: String,
    /// All of the process' environment.
    #[pyo3(item)]
    pub(crate) variables: Vec<(Vec<u8>, Vec<u8>)>,
    #[pyo3(item)]
    pub(crate) roots: Vec<String>,
    #[pyo3(item)]
    pub(crate) trusted_keys: Vec<String>,
    /// What this environment's records are known by; drawn at random, as is the seed of their ids.
    #[pyo3(item)]
    pub(crate) environment: String,
    #[pyo3(item)]
    pub(crate) seed: u64,
    #[pyo3(item)]
    pub(crate) stream: Option<String>,
}

impl Surroundings {
    /// The part of it that decides what is in force.
    pub(crate) fn shared(&self) -> surroundings::Surroundings {
        let variables = self.variables.iter();
        surroundings::Surroundings {
            policy: self.policy.clone(),
            mode: self.mode.clone(),
            function: self.function.clone(),
            region: self.region.clone(),
            runtime_api: self.runtime_api.clone(),
            secrets: secrets::of(variables.map(|(name, value)| (&name[..], &value[..]))),
            roots: self.roots.clone(),
            trusted_keys: self.trusted_keys.clone(),
            seed: self.seed,
        }
    }
}
