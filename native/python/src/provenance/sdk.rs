//! Who asks for credentials, or sends traces, on behalf of the function.

use super::MOST_FRAMES;
use super::place::{Place, place};
use crate::stack::Frame;
use hauberk_core::activity::{Activity, Kind};
use std::sync::OnceLock;

/// Files that ask for credentials, or send traces, on behalf of the function.
const SDK: [&[u8]; 3] = [
    b"/botocore/utils.py",
    b"/aiobotocore/utils.py",
    b"/botocore/credentials.py",
];
/// Folders of those who send traces.
const TRACERS: [&[u8]; 3] = [b"/aws_xray_sdk/", b"/datadog_lambda/", b"/opentelemetry/"];

/// Where the SDK is told to fetch credentials, and where the Runtime API may be as well: with SnapStart it is.
static CREDENTIALS: OnceLock<String> = OnceLock::new();

/// Keeps what the environment says of it.
pub(super) fn keep_address() {
    let told = std::env::var("AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap_or_default();
    let _ = CREDENTIALS.set(told);
}

/// Whether the AWS SDK is about to connect to where it gets credentials, or a tracer to where it sends traces.
pub(crate) fn is_by_sdk(activity: &Activity) -> bool {
    let is_link_local = [&b"169.254."[..], b"[fd00:ec2:"]
        .iter()
        .any(|start| activity.target.starts_with(start));
    let is_told = || {
        let rest = CREDENTIALS.get()?.strip_prefix("http://")?;
        Some(rest.split('/').next()?.as_bytes() == activity.target)
    };
    if activity.kind != Kind::Address || !(is_link_local || is_told() == Some(true)) {
        return false;
    }
    // SAFETY: called with the GIL held.
    let mut next = unsafe { Frame::innermost() };
    for _ in 0..MOST_FRAMES {
        let Some(frame) = next else { break };
        if frame
            .file()
            .is_some_and(|file| is_sdk(&file) && place(&file) == Place::Package)
        {
            return true;
        }
        next = frame.back();
    }
    false
}

fn is_sdk(file: &[u8]) -> bool {
    let holds = |part: &&[u8]| file.windows(part.len()).any(|window| window == *part);
    SDK.iter().any(|end| file.ends_with(end)) || TRACERS.iter().any(holds)
}
