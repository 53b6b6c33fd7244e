//! Whether a name that is looked up carries data: what is looked up reaches whoever answers for its domain, also where no
//! connection is let out.
//!
//! Sees:         long runs of letters and digits without a word's order, in one label or several
//! Does not see: up to 51 such characters a name (one label of a key or a hash is as long in harmless names), data in words,
//!               names below domains that AWS answers for

use crate::attack_path::AttackPath;

/// Characters of labels that look like data, from which on a name carries some.
const CARRIED: usize = 52;
/// The same where two labels and more do.
const CARRIED_IN_SEVERAL: usize = 40;
/// Shorter labels carry nothing worth a look-up.
const SHORTEST: usize = 12;
/// Who answers for them is AWS: names of buckets, functions, databases.
const OF_AWS: [&[u8]; 8] = [
    b".amazonaws.com",
    b".amazonaws.com.cn",
    b".amazonaws.eu",
    b".api.aws",
    b".on.aws",
    b".cloudfront.net",
    b".awsglobalaccelerator.com",
    b".aws.dev",
];
/// Names that are addresses, written the other way round.
const REVERSE: [&[u8]; 2] = [b".in-addr.arpa", b".ip6.arpa"];
/// How a content's identifier begins, as gateways name it in one label.
const CONTENT: [&[u8]; 3] = [b"bafy", b"bafk", b"k51q"];

const CARRIER: AttackPath = AttackPath {
    detector: "dns-carrier",
    cwe: 515,
    reason: "looks up a name that carries data to whoever answers for its domain",
};

/// A name, in lower case, without its last dot.
pub(crate) fn in_host(host: &[u8]) -> Option<AttackPath> {
    let is_below = |ends: &[&[u8]]| ends.iter().any(|end| host.ends_with(end));
    if host.len() <= CARRIED_IN_SEVERAL || is_below(&OF_AWS) || is_below(&REVERSE) {
        return None;
    }
    let labels: Vec<&[u8]> = host.split(|byte| *byte == b'.').collect();
    let below_domain = &labels[..labels.len().saturating_sub(2)];
    let (mut carried, mut count) = (0, 0);
    for label in below_domain {
        if looks_like_data(label) {
            carried += label.len();
            count += 1;
        }
    }
    let most = if count > 1 {
        CARRIED_IN_SEVERAL
    } else {
        CARRIED
    };
    (carried >= most).then_some(CARRIER)
}

/// Hexadecimal, base32 or base64 digits: no word is as long, none has so many changes of kind or so few vowels.
fn looks_like_data(label: &[u8]) -> bool {
    if label.len() < SHORTEST || CONTENT.iter().any(|start| label.starts_with(start)) {
        return false;
    }
    // Words in a name are parted (`my-branch-of-my-team`): only what is between the hyphens can be data.
    let longest = label
        .split(|byte| matches!(byte, b'-' | b'_'))
        .map(<[u8]>::len)
        .max();
    if longest.unwrap_or(0) < SHORTEST {
        return false;
    }
    let count = |is_it: fn(&u8) -> bool| label.iter().filter(|byte| is_it(byte)).count();
    let digits = count(|byte| byte.is_ascii_digit());
    let vowels = count(|byte| b"aeiou".contains(byte));
    let changes = label
        .windows(2)
        .filter(|two| two[0].is_ascii_digit() != two[1].is_ascii_digit())
        .count();
    let letters = label.len() - digits;
    let is_mixed = digits * 10 >= label.len() && changes * 6 >= label.len();
    // Words have a vowel in three letters, letters at random one in five; long words have no digit, long data has.
    let is_unspeakable = digits > 0 && letters >= SHORTEST && vowels * 4 < letters;
    (is_mixed || is_unspeakable) && entropy(label) >= 2.8
}

/// The longest text of which bits are counted whole: longer than any name.
const MOST: usize = 255;
/// The logarithms of 1 to that, to base 2: asking the library of mathematics for one would have every process load it.
static LOGARITHMS: [f32; MOST + 1] = {
    let mut all = [0.0; MOST + 1];
    let mut number = 1;
    while number <= MOST {
        all[number] = logarithm(number);
        number += 1;
    }
    all
};

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // small numbers; more digits than are kept
const fn logarithm(number: usize) -> f32 {
    let (mut found, mut rest, mut bit) = (0.0, number as f64, 0.5);
    while rest >= 2.0 {
        rest /= 2.0;
        found += 1.0;
    }
    while bit > 1e-9 {
        rest *= rest;
        if rest >= 2.0 {
            rest /= 2.0;
            found += bit;
        }
        bit /= 2.0;
    }
    found as f32
}

/// Bits a character.
#[allow(clippy::cast_precision_loss)] // of a label: 63 at most, a whole name 253
fn entropy(label: &[u8]) -> f32 {
    let mut counts = [0_u16; 256];
    label
        .iter()
        .for_each(|byte| counts[usize::from(*byte)] += 1);
    let length = label.len() as f32;
    let bits = |count: &u16| {
        let share = f32::from(*count) / length;
        share * (LOGARITHMS[label.len().min(MOST)] - LOGARITHMS[usize::from(*count).min(MOST)])
    };
    counts.iter().filter(|count| **count > 0).map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithms_are_those_of_mathematics() {
        for (number, found) in (0_u8..=255).zip(LOGARITHMS).skip(1) {
            let difference = (f32::from(number).log2() - found).abs();
            assert!(difference < 1e-6, "{number}: {found}");
        }
    }

    const CARRIERS: [&str; 10] = [
        // hexadecimal of 32 bytes; base32 of 36; both in pieces
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0.x.example.com",
        "mfrggzdfmztwq2lkmnwg23tpobyxe43uov3ho6dzpiydcmrtgq2tmnzyhe.a.example.com",
        "9f86d081884c7d659a2feaa0.c55ad015a3bf4f1b2b0b822c.t.example.com",
        "mfrggzdfmztwq2lkmnwg.23tpobyxe43uov3ho6dz.example.com",
        "00.9f86d081884c7d659a2feaa0c55ad015.a3bf4f1b2b0b822cd15d6c15b0f00a08.evil.example",
        "dnscat.7f4b01a2b3c4d5e6f708192a3b4c5d6e7f.a0b1c2d3e4f5a6b7c8d9e0f1a2b3.example.org",
        "paaaaaa1zyq6hk3w7tbv5mj2xrn9dfc8gls4.o8wq1ze7ty6ui3opas5dfgh.t.example.com",
        "ic9yb290oji6mdowonjvb3q6l3jvb3q6l2jpbi9iyxnoo2rhzw1vbjo4mtoxojov.example.com",
        "awsseytokn8x7zq2w4v6b9t3.fwogzxivyxdzeh0adf3kq9zm2wxrt.exfil.example",
        "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0c1d2e3f4a5b6.example.net",
    ];
    const HARMLESS: [&str; 38] = [
        "example.com",
        "d111111abcdef8.cloudfront.net",
        "my-very-long-bucket-name-with-words-and-123456789012.s3.eu-central-1.amazonaws.com",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f0.s3.amazonaws.com",
        "a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com",
        "vpce-0123456789abcdef0-abcdefgh-us-east-1a.s3.us-east-1.vpce.amazonaws.com",
        "mydb.cluster-ro-c9akciq32abc.us-east-1.rds.amazonaws.com",
        "search-my-domain-7abcdefghij1234567890kmnpq.us-east-1.es.amazonaws.com",
        "abcdefghijklmnopqrstuvwxyz012345.lambda-url.us-east-1.on.aws",
        "0123456789ABCDEF0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.com",
        "a1b2c3d4e5f6g7-ats.iot.eu-central-1.amazonaws.com",
        "_a79865eb4cd1a6ab990a45779b4e0b96.example.com",
        "abcdefghijklmnopqrstuvwxyz234567._domainkey.example.com",
        "hhq5v3xkzv6w2nq7ltb4yjrmcdgf3sap._domainkey.mail.example.com",
        "s1024-2026-03-mail-marketing-europe._domainkey.example.com",
        "o4504928374651904.ingest.sentry.io",
        "xyzcompanyabcdefghij.supabase.co",
        "my-app-git-feature-add-a-new-checkout-page-my-team.vercel.app",
        "deploy-preview-1234--my-documentation-site.netlify.app",
        "3f9a1c2b-7e8d-4a5f-9b0c-1d2e3f4a5b6c.example.net",
        "123e4567-e89b-12d3-a456-426614174000.cosmos.example.net",
        "bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi.ipfs.dweb.link",
        "cluster0-shard-00-02.ab1cd.mongodb.net",
        "_mongodb._tcp.cluster0.ab1cd.mongodb.net",
        "redis-12345.c123.us-east-1-4.ec2.redns.redis-cloud.com",
        "ab12345.us-east-1.privatelink.snowflakecomputing.com",
        "adb-1234567890123456.7.azuredatabricks.net",
        "mystorageaccount1234567890.blob.core.windows.net",
        "8a7f3e21-payments-service-abcdefghij-uc.a.run.app",
        "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
        "254.169.254.169.in-addr.arpa",
        "llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch.co.uk",
        "internationalization-and-localization-of-documentation.example.org",
        "hooks.slack.com",
        "static.crates.example.io",
        "objects.githubusercontent.com",
        "my-function-0123456789abcdef.eu-central-1.elasticbeanstalk.com",
        "internal-my-load-balancer-1234567890.eu-central-1.elb.amazonaws.com",
    ];

    #[test]
    fn names_that_carry_data_are_told_from_long_ones() {
        for host in CARRIERS {
            assert!(in_host(host.as_bytes()).is_some(), "{host}");
        }
        for host in HARMLESS {
            assert!(
                in_host(host.to_ascii_lowercase().as_bytes()).is_none(),
                "{host}"
            );
        }
    }

    #[test]
    fn what_is_short_is_missed() {
        for host in [
            "mfrggzdfmztwq2lkmnwg23tp.t.example.com",
            "secret-of-the-house.t.example.com",
        ] {
            assert!(in_host(host.as_bytes()).is_none(), "{host}");
        }
    }

    #[test]
    fn any_bytes_have_an_answer() {
        for host in [&b""[..], b".", b"..", &[0xFF; 300], &[b'.'; 300]] {
            assert!(in_host(host).is_none());
        }
    }
}
