//! Whether the function would mine: by the pool that it looks up, the program that it starts, or the pool's protocol among
//! its words.
//!
//! Ports are not asked: pools listen on 443 and 80 too, and others on 3333 and 4444.
//! Does not see: pools that nobody listed, by an address; miners under other names whose pool stands in a file

use crate::attack_path::AttackPath;

/// One a line, with its reason behind `#`.
const POOLS: &str = include_str!("../mining-pools.txt");
/// Miners by the names that their releases have.
const MINERS: [&str; 20] = [
    "bfgminer",
    "ccminer",
    "cgminer",
    "cpuminer",
    "cryptonight",
    "ethminer",
    "gminer",
    "lolminer",
    "minerd",
    "minergate",
    "nanominer",
    "nbminer",
    "phoenixminer",
    "rhminer",
    "srbminer",
    "t-rex",
    "teamredminer",
    "xmr-stak",
    "xmrig",
    "xmrig-proxy",
];
/// How addresses of pools begin.
const SCHEMES: [&str; 4] = ["stratum+", "stratum2+", "stratum://", "stratums://"];
/// Arguments of a process that are looked at.
const MOST_ARGUMENTS: usize = 64;

const HOST: AttackPath = AttackPath {
    detector: "mining-pool",
    cwe: 506,
    reason: "looks up a pool that mines a currency",
};
const MINER: AttackPath = AttackPath {
    detector: "mining-pool",
    cwe: 506,
    reason: "starts a program that mines a currency",
};
const STRATUM: AttackPath = AttackPath {
    detector: "mining-pool",
    cwe: 506,
    reason: "gives a program the address of a pool that mines a currency",
};

/// A name of a pool, or below one.
pub(crate) fn in_host(host: &[u8]) -> Option<AttackPath> {
    let is_it = |pool: &str| {
        let rest = host.strip_suffix(pool.as_bytes());
        rest.is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."))
    };
    pools().any(is_it).then_some(HOST)
}

fn pools() -> impl Iterator<Item = &'static str> {
    let names = POOLS
        .lines()
        .map(|line| line.split('#').next().unwrap_or(line).trim());
    names.filter(|name| !name.is_empty())
}

/// A miner, or a program that is given a pool.
pub(crate) fn in_process(program: &[u8], arguments: &[&[u8]]) -> Option<AttackPath> {
    let name = program
        .rsplit(|byte| *byte == b'/')
        .next()
        .unwrap_or(program);
    let name = name.to_ascii_lowercase();
    let is_named = |miner: &&str| {
        let rest = name.strip_prefix(miner.as_bytes());
        // `cpuminer-avx2`, `xmrig.1`: a version or a kind, no other word.
        rest.is_some_and(|rest| rest.first().is_none_or(|next| !next.is_ascii_alphabetic()))
    };
    if MINERS.iter().any(is_named) {
        return Some(MINER);
    }
    let holds = |argument: &&[u8]| {
        let lower = argument.to_ascii_lowercase();
        SCHEMES
            .iter()
            .any(|scheme| memchr::memmem::find(&lower, scheme.as_bytes()).is_some())
    };
    arguments
        .iter()
        .take(MOST_ARGUMENTS)
        .any(holds)
        .then_some(STRATUM)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_are_known_by_their_names() {
        let rows = [
            ("pool.minexmr.com", true),
            ("xmr-eu1.nanopool.org", true),
            ("gulf.moneroocean.stream", true),
            ("nanopool.org", true),
            ("mynanopool.org", false),
            ("pool.ntp.org", false),
            ("pools.example.com", false),
            ("nanopool.org.example.com", false),
            ("s3.eu-central-1.amazonaws.com", false),
        ];
        for (host, expected) in rows {
            assert_eq!(in_host(host.as_bytes()).is_some(), expected, "{host}");
        }
    }

    #[test]
    fn miners_are_known_by_their_names_and_their_pools() {
        let rows: [(&str, &[&str], bool); 9] = [
            ("/tmp/xmrig", &["xmrig", "-o", "a:1"], true),
            ("/tmp/xmrig-6.21", &[], true),
            ("/tmp/T-Rex", &[], true),
            ("/tmp/cpuminer-avx2", &[], true),
            (
                "/tmp/.x",
                &[".x", "-o", "stratum+tcp://203.0.113.7:443"],
                true,
            ),
            (
                "/bin/sh",
                &["sh", "-c", "./x --url=STRATUM+SSL://a.example:443"],
                true,
            ),
            ("/usr/bin/miner-report", &[], false),
            ("/usr/bin/minerdump", &[], false),
            (
                "/usr/bin/grep",
                &["grep", "strata", "substratum.txt"],
                false,
            ),
        ];
        for (program, words, expected) in rows {
            let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
            assert_eq!(
                in_process(program.as_bytes(), &words).is_some(),
                expected,
                "{program}"
            );
        }
    }

    #[test]
    fn each_pool_has_a_reason_and_is_a_name() {
        for line in POOLS
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty())
        {
            let (name, reason) = line.split_once('#').unwrap();
            assert!(reason.trim().len() > 3, "{line}");
            assert!(
                name.trim().contains('.') && name.trim() == name.trim().to_lowercase(),
                "{line}"
            );
        }
        assert!(pools().count() > 30);
    }
}
