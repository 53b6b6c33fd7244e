//! Where an act is counted: things that are alike are counted together.

use crate::activity::{Activity, Kind};

/// Folders whose contents are counted together, whatever is below them.
const OF_ALL: [&[u8]; 3] = [b"/tmp/", b"/var/tmp/", b"/dev/shm/"];
/// Folders deep that files are counted, elsewhere.
const DEPTH: usize = 2;

/// The activity by which one is counted: a file by the folder that it is below, an object by its bucket.
pub(super) fn of(activity: &Activity) -> Activity {
    let target = match activity.kind {
        Kind::File => folder(&activity.target),
        Kind::Api => resource(&activity.target),
        _ => activity.target.clone(),
    };
    Activity {
        target,
        ..activity.clone()
    }
}

/// All of an operation that have no place of their own.
pub(super) fn rest(activity: &Activity) -> Activity {
    Activity {
        target: b"*".to_vec(),
        ..activity.clone()
    }
}

fn folder(path: &[u8]) -> Vec<u8> {
    let whole = OF_ALL.iter().find(|one| path.starts_with(one));
    let end = whole.map_or_else(|| end_of(path), |one| one.len());
    [&path[..end], b"*"].concat()
}

/// Behind the folder that is so deep, or the deepest that there is.
fn end_of(path: &[u8]) -> usize {
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/');
    slashes.take(DEPTH + 1).last().map_or(0, |(at, _)| at + 1)
}

fn resource(target: &[u8]) -> Vec<u8> {
    let is_of_s3 = target.split(|byte| *byte == b':').nth(2) == Some(b"s3");
    match target.iter().position(|byte| *byte == b'/') {
        Some(at) if is_of_s3 => [&target[..=at], b"*"].concat(),
        _ => target.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_is_counted_together() {
        #[rustfmt::skip]
        let rows = [
            (Kind::File, "/tmp/a.pdf", "/tmp/*"),
            (Kind::File, "/tmp/tmp8x_k2m1q/deep/a.pdf", "/tmp/*"),
            (Kind::File, "/dev/shm/a", "/dev/shm/*"),
            (Kind::File, "/mnt/shop/2026/a.json", "/mnt/shop/*"),
            (Kind::File, "/mnt/shop/a.json", "/mnt/shop/*"),
            (Kind::File, "/mnt/a.json", "/mnt/*"),
            (Kind::File, "/tmp", "/*"),
            (Kind::File, "*", "*"),
            (Kind::Api, "arn:aws:s3:::orders/2026/1.png", "arn:aws:s3:::orders/*"),
            (Kind::Api, "arn:aws:s3:::orders", "arn:aws:s3:::orders"),
            (Kind::Api, "arn:aws:dynamodb:eu-west-1:1:table/a/index/b", "arn:aws:dynamodb:eu-west-1:1:table/a/index/b"),
            (Kind::Api, "*", "*"),
            (Kind::Host, "api.example.com", "api.example.com"),
            (Kind::Process, "/usr/bin/convert", "/usr/bin/convert"),
        ];
        for (kind, target, expected) in rows {
            let counted = of(&Activity::new(kind, "x", target));
            assert_eq!(counted, Activity::new(kind, "x", expected), "{target}");
        }
    }
}
