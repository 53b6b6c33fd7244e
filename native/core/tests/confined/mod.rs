//! Policies that enforce what they list, with a platform of a few files.

use hauberk_core::policy::Policy;

pub fn policy(rest: &str) -> Policy {
    let json = format!(r#"{{"hauberk": 1, "function": "f", "mode": "prevent", {rest}}}"#);
    let mut policy = Policy::read(json.as_bytes()).unwrap();
    for entry in [
        "read /u/**",
        "* /u/**__pycache__**",
        "read /e/h",
        "write /n",
    ] {
        policy.add_platform(entry);
    }
    policy
}
