//! From the environment's settings to the policy that is in force.

use crate::paths;
use hauberk_core::engine::Setting;
use hauberk_core::envelope;
use hauberk_core::policy::{Mode, Policy};
use hauberk_core::record::PolicyState;

const RENEWAL: &str = "set a later `expires` in hauberk.yaml, then compile it";

/// What is known of the environment when a guard or the wall starts.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// The value of `HAUBERK_POLICY`, where it has one.
    pub policy: Option<String>,
    /// The value of `HAUBERK_MODE`, or its default.
    pub mode: String,
    pub function: String,
    pub region: String,
    pub runtime_api: String,
    /// Values that may never be shown.
    pub secrets: Vec<Vec<u8>>,
    /// The folders of the function's own code, its layers and the runtime.
    pub roots: Vec<String>,
    /// Fingerprints; empty means that any key will do.
    pub trusted_keys: Vec<String>,
    /// Starts the ids of this environment's records; drawn at random.
    pub seed: u64,
}

/// What is in force.
pub struct InForce {
    pub policy: Policy,
    /// The verified document that the policy was read from; none where it is the built-in one.
    pub document: Option<Vec<u8>>,
    pub setting: Setting,
    /// What is wrong with the policy or the mode.
    pub problem: Option<String>,
}

/// The policy that is in force, and with what.
#[must_use]
pub fn set_up(surroundings: &Surroundings, now_s: u64) -> InForce {
    let mut setting = Setting {
        function: surroundings.function.clone(),
        secrets: surroundings.secrets.clone(),
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
    let mut document = None;
    match surroundings
        .policy
        .as_deref()
        .map(|value| use_policy(value, surroundings, now_s, &mut setting))
    {
        Some(Ok(signed)) => {
            policy = signed.policy;
            document = Some(signed.document);
            problem = signed.stale;
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
    add_platform(&mut policy, &surroundings.roots);
    InForce {
        policy,
        document,
        setting,
        problem,
    }
}

/// Adds what the platform itself reads to the allowlist.
pub fn add_platform(policy: &mut Policy, roots: &[String]) {
    for entry in paths::platform_entries(roots) {
        policy.add_platform(&entry);
    }
}

struct Signed {
    policy: Policy,
    document: Vec<u8>,
    /// A warning where it has expired.
    stale: Option<String>,
}

/// The policy of a variable's value.
fn use_policy(
    value: &str,
    surroundings: &Surroundings,
    now_s: u64,
    setting: &mut Setting,
) -> Result<Signed, envelope::Refused> {
    let opened = envelope::open(value, &surroundings.trusted_keys)?;
    let refuse = |message, blocks| envelope::Refused { message, blocks };
    let mut policy = Policy::read(&opened.document)
        .map_err(|error| refuse(error.0, value.starts_with("1.block.")))?;
    if !policy.is_for(&surroundings.function, &surroundings.region) {
        let message = format!(
            "the policy is for {}, this function is {}; compile it with --function {1}",
            policy.function, surroundings.function
        );
        return Err(refuse(message, policy.blocks_on_error));
    }
    policy.lapse(now_s);
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
    Ok(Signed {
        policy,
        document: opened.document,
        stale,
    })
}
