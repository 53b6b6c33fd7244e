//! From the environment's settings to the policy that is in force.

use hauberk_core::engine::Setting;
use hauberk_core::envelope;
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::record::PolicyState;
use hauberk_system::paths;
use pyo3::prelude::*;

const RENEWAL: &str = "set a later `expires` in hauberk.yaml, then compile it";

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
    #[pyo3(item)]
    pub(crate) secrets: Vec<String>,
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

/// The policy that is in force, the engine's setting and, where something is wrong with the policy, what.
pub(crate) fn set_up(surroundings: &Surroundings, now_s: u64) -> (Policy, Setting, Option<String>) {
    let mut setting = Setting {
        secrets: surroundings
            .secrets
            .iter()
            .map(|secret| secret.clone().into_bytes())
            .collect(),
        runtime_api: surroundings.runtime_api.clone(),
        seed: surroundings.seed,
        policy_state: PolicyState {
            state: "built-in",
            serial: None,
            fingerprint: None,
        },
        refuses: None,
    };
    let mode = Mode::named(&surroundings.mode);
    let mut problem = mode.is_none().then(|| {
        format!(
            "HAUBERK_MODE is {:?}, not off, detect or prevent: detect is in force",
            surroundings.mode
        )
    });
    let mut policy = Policy::built_in(mode.unwrap_or(Mode::Detect));
    match surroundings
        .policy
        .as_deref()
        .map(|value| use_policy(value, surroundings, now_s, &mut setting))
    {
        Some(Ok((signed, stale))) => {
            policy = signed;
            problem = stale;
        }
        Some(Err(refused)) => {
            setting.policy_state.state = "refused";
            setting.refuses = refused.blocks.then(|| refused.message.clone());
            problem = Some(format!(
                "{}; the built-in policy is in force",
                refused.message
            ));
        }
        None => {}
    }
    for entry in paths::platform_entries(&surroundings.roots) {
        policy.add_platform(&entry);
    }
    (policy, setting, problem)
}

/// The policy of a variable's value and, where it has expired, a warning.
fn use_policy(
    value: &str,
    surroundings: &Surroundings,
    now_s: u64,
    setting: &mut Setting,
) -> Result<(Policy, Option<String>), envelope::Refused> {
    let opened = envelope::open(value, &surroundings.trusted_keys)?;
    let refuse = |message, blocks| envelope::Refused { message, blocks };
    let policy = Policy::read(&opened.document)
        .map_err(|error| refuse(error.0, value.starts_with("1.block.")))?;
    if !policy.is_for(&surroundings.function, &surroundings.region) {
        let message = format!(
            "the policy is for {}, this function is {}; compile it with --function {1}",
            policy.function, surroundings.function
        );
        return Err(refuse(message, policy.blocks_on_error));
    }
    let is_stale = policy.expires.is_some_and(|expires| expires < now_s);
    setting.policy_state = PolicyState {
        state: if is_stale { "stale" } else { "signed" },
        serial: Some(policy.serial),
        fingerprint: Some(opened.fingerprint),
    };
    if is_stale && policy.blocks_on_error {
        setting.refuses = Some(format!("the policy has expired; {RENEWAL}"));
    }
    let stale = is_stale.then(|| format!("the policy has expired and stays in force; {RENEWAL}"));
    Ok((policy, stale))
}
