//! Globals that the pickle of an error holds. What fails in a worker of `multiprocessing` or `concurrent.futures` is sent
//! back so, whether or not anything ever failed while the function learned; refused, the one who waits for it waits on.
//!
//! Does not see: errors of packages and of the function itself, which an allowlist holds

/// How the pools of the standard library put an error together again, with the text of its traceback.
const OF_POOLS: [&str; 5] = [
    "concurrent.futures.process._RemoteTraceback",
    "concurrent.futures.process._rebuild_exc",
    "multiprocessing.pool.MaybeEncodingError",
    "multiprocessing.pool.RemoteTraceback",
    "multiprocessing.pool.rebuild_exc",
];
/// Built-in errors that are not called so.
const BUILTINS: [&str; 5] = [
    "BaseExceptionGroup",
    "ExceptionGroup",
    "KeyboardInterrupt",
    "StopIteration",
    "SystemExit",
];

/// Whether unpickling this global makes an error of Python's own, and nothing else.
#[must_use]
pub fn is_of_error(name: &[u8]) -> bool {
    let Ok(name) = std::str::from_utf8(name) else {
        return false;
    };
    OF_POOLS.contains(&name)
        || name.strip_prefix("builtins.").is_some_and(|one| {
            let is_error = ["Error", "Exception", "Warning"]
                .iter()
                .any(|end| one.ends_with(end));
            BUILTINS.contains(&one)
                || is_error && one.bytes().all(|byte| byte.is_ascii_alphabetic())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_from_all_else() {
        let rows = [
            ("builtins.PermissionError", true),
            ("builtins.Exception", true),
            ("builtins.UserWarning", true),
            ("builtins.StopIteration", true),
            ("multiprocessing.pool.rebuild_exc", true),
            ("concurrent.futures.process._rebuild_exc", true),
            ("builtins.eval", false),
            ("builtins:eval.Error", false),
            ("builtins.x.Error", false),
            ("builtins", false),
            ("os.Error", false),
            ("shop.OrderError", false),
            ("multiprocessing.pool.mapstar", false),
            ("", false),
        ];
        for (name, expected) in rows {
            assert_eq!(is_of_error(name.as_bytes()), expected, "{name}");
        }
        assert!(!is_of_error(b"builtins.\xffError"));
    }
}
