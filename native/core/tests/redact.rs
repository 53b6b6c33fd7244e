//! No secret is shown beside an attack, and no attack is hidden as one.

use hauberk_core::redact::{excerpt, redacted};
use proptest::prelude::*;

const ATTACK: &str = "' union select a,b from users-- ";

/// A text with a secret in it, and the secret.
#[rustfmt::skip]
const SECRETS: [(&str, &str); 78] = [
    ("password=hunter2", "hunter2"), ("password=p@ss/w0rd!", "w0rd"), ("Password=hunter2;Server=db", "hunter2"),
    ("Server=db;Pwd=hunter2", "hunter2"), ("X-Api-Key: hunter2", "hunter2"), ("api-key=hunter2", "hunter2"),
    ("secretKey=hunter2", "hunter2"), ("pass=hunter2", "hunter2"), ("db_pass=hunter2", "hunter2"),
    ("auth=hunter2", "hunter2"), ("jwt=abc", "abc"), ("pin=4711", "4711"), ("JSESSIONID=abcdef12", "abcdef12"),
    ("connect.sid=s%3Aabc.def", "abc.def"), ("X-Amz-Signature=abcdef", "abcdef"),
    ("X-Amz-Security-Token=Fwo/a+b==", "Fwo/a+b"), ("token%3Dhunter2", "hunter2"), ("user[password]=hunter2", "hunter2"),
    ("\"password\":\"hunter2\"", "hunter2"), ("\"password\": \"two words\"", "words"),
    ("\\\"password\\\":\\\"hunter2\\\"", "hunter2"), ("\\\\\\\"password\\\\\\\":\\\\\\\"hunter2\\\\\\\"", "hunter2"),
    ("{\"password\":\"hun\\\"ter2\"}", "ter2"), ("'secret' => 'hunter2'", "hunter2"), ("secret := `hunter2`", "hunter2"),
    ("password: hunter2", "hunter2"), ("&quot;password&quot;:&quot;hunter2&quot;", "hunter2"),
    ("<password>hunter2</password>", "hunter2"), ("<ns:Password type=\"x\">hunter2</ns:Password>", "hunter2"),
    ("<add key=\"password\" value=\"hunter2\"/>", "hunter2"), ("{\"name\": \"api_key\", \"value\": \"hunter2\"}", "hunter2"),
    ("<input name=\"pass\" value=\"hunter2\">", "hunter2"), ("name=\"password\"\r\n\r\nhunter2\r\n", "hunter2"),
    ("Authorization: Bearer abc.def/ghi=", "ghi"), ("Bearer hunter2", "hunter2"), ("Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"), ("Cookie: theme=dark; sess=hunter2; x=y", "hunter2"),
    ("Set-Cookie: id=hunter2; Path=/", "hunter2"), ("--password hunter2", "hunter2"), ("--password 'two words'", "words"),
    ("https://ann:hunter2@host/", "hunter2"), ("postgres://u:hun/ter2@host/db", "ter2"), ("https://hunter2@host/", "hunter2"),
    ("curl -u ann:hunter2 x", "hunter2"), ("sshpass -p hunter2 ssh x", "hunter2"), ("mysql -phunter2 x", "hunter2"),
    ("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "MDENG"), ("je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "Utk"),
    ("K7+aBcD/eFgH1iJkL2mNoP3qRsT4uVwX5yZ+Q9r6=", "NoP3"), ("AKIAIOSFODNN7EXAMPLE", "IOSFODNN7"),
    ("sk-proj-abcdefghij", "abcdefghij"), ("sk-ant-api03-abcdefgh", "abcdefgh"), ("sk_live_abcdefghijkl", "abcdefghijkl"),
    ("SG.abcdefghijklmnop.qrstuv", "abcdefghijklmnop"), ("ghp_abcdefghijklmnop", "abcdefghijklmnop"),
    ("gho_abcdefghijklmnop", "abcdefghijklmnop"), ("github_pat_abcdefghijklmnop", "abcdefghijklmnop"),
    ("xoxb-123-abcdefgh", "abcdefgh"), ("xoxp-abcdefgh", "abcdefgh"), ("AIzaSyabcdefghijklmnopqr", "abcdefghijklmnopqr"),
    ("npm_abcdefghijklmnopqrstuvwxyz", "abcdefghijklmnop"), ("glpat-abcdefghijkl", "abcdefghijkl"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-def_ghi", "def_ghi"), ("eyJhbGci.eyJzdWI.abc", ".abc"),
    ("4111.1111.1111.1111", "4111"), ("4111 1111 1111 1111", "4111"), ("4111-1111-1111-1111", "4111"),
    ("4111111111111111", "4111"), ("4111 1111 1111 1111 12/29", "4111"), ("DE89 3704 0044 0532 0130 00", "0532"),
    ("DE89370400440532013000", "0532"), ("-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----", "MIIabc"),
    ("-----BEGIN RSA PRIVATE KEY-----\\nMIIabc", "MIIabc"), ("550e8400-e29b-41d4-a716-446655440000", "e29b"),
    ("da39a3ee5e6b4b0d3255bfef95601890afd80709", "5e6b"), ("0123456789abcdefghijklmnop", "abcdefg"),
    ("AccountKey=abcd/efgh+ijkl==;", "efgh"),
];

/// Texts of which nothing is hidden.
#[rustfmt::skip]
const PLAIN: [&str; 34] = [
    "1 UNION SELECT password FROM users", "' or password like 'a%", "select secret, token from t where password is null",
    "id and pass", "compass=north", "bypass=1", "author: ann", "the bearer of bad news", "basic income", "Basic: yes",
    "git@github.com", "ssh://git@github.com/a/b", "https://host/a@b:c", "https://host:8080/a@b", "mailto:ann@example.com",
    "/var/lib/app/Releases/V2024/Current/Bin1/main.py", "../../../../etc/passwd", "cat /etc/passwd | wc -c", "192.168.100.200",
    "2024-11-26T10:11:12.123Z", "1+union+select+1,2,3+from+users+where+1=1", "npm_config_registry", "sk-learn", "SG. and more",
    "AKIA is a prefix", "eyJ", "union/**/select/**/a,b,c/**/from/**/users", "${jndi:ldap://evil.example/a}",
    "<script>alert(document.cookie)</script>", "<input type=\"password\" onfocus=alert(1)>", "DE 12 of 34",
    "password::text", "report_2024_final_version_of_march", "org.springframework.web.context.support",
];

#[test]
fn a_secret_is_shown_neither_before_an_attack_nor_behind_it_nor_in_an_argument() {
    for (text, secret) in SECRETS {
        assert!(!redacted(text.as_bytes(), &[]).contains(secret), "{text}");
        for whole in [
            format!("{text} {ATTACK}"),
            format!("{text}{ATTACK}"),
            format!("{ATTACK}{text}"),
        ] {
            let at = whole.find(ATTACK).unwrap();
            for (start, end) in [
                (at + 2, at + 14),
                (at, at + ATTACK.len()),
                (at + ATTACK.len() - 4, at + ATTACK.len()),
            ] {
                let shown = excerpt(whole.as_bytes(), start, end, &[]);
                assert!(!shown.contains(secret), "{whole}: {shown}");
                assert!(shown.contains(whole[start..end].trim()), "{whole}: {shown}");
            }
        }
    }
}

#[test]
fn secrets_are_masked_and_plain_words_are_not() {
    let rows = [
        ("a=1 OR 1=1", "a=1 OR 1=1"),
        ("../../etc/passwd", "../../etc/passwd"),
        ("password=hunter2&x=1", "password=‹redacted›&x=1"),
        (
            r#"{"token": "abc", "a": "b"}"#,
            r#"{"token": "‹redacted›", "a": "b"}"#,
        ),
        (
            "Authorization: Bearer abc.def",
            "Authorization: Bearer ‹redacted›",
        ),
        ("key AKIAIOSFODNN7EXAMPLE end", "key ‹redacted› end"),
        ("card 4111111111111111", "card ‹redacted›"),
        ("id 550e8400-e29b-41d4-a716-446655440000", "id ‹redacted›"),
        ("card 4111 1111 1111 1111.", "card ‹redacted›."),
        ("key sk_live_abcdefghijklmnop", "key ‹redacted›"),
        (
            "; export X_ACCESS_KEY=abc; id",
            "; export X_ACCESS_KEY=‹redacted›; id",
        ),
        ("curl -u ann:hunter2 x", "curl -u ann:‹redacted› x"),
        ("python -u a.py", "python -u a.py"),
        ("sshpass -p hunter2 ssh x", "sshpass -p ‹redacted› ssh x"),
        ("order 12345", "order 12345"),
        ("cat /etc/passwd # | wc -c", "cat /etc/passwd # | wc -c"),
        (
            "cat ../../etc/passwd /etc/hosts",
            "cat ../../etc/passwd /etc/hosts",
        ),
        ("GET /login/token HTTP", "GET /login/token HTTP"),
        ("passwd=hunter2", "passwd=‹redacted›"),
        ("x /etc/passwd=hunter2", "x /etc/passwd=‹redacted›"),
        ("PASSWD: hunter2", "PASSWD: ‹redacted›"),
        ("passwd # hunter2", "passwd # ‹redacted›"),
        ("--password hunter2 -v", "--password ‹redacted› -v"),
        ("--password /etc/x", "--password ‹redacted›"),
        ("/password hunter2", "/password ‹redacted›"),
        ("user/password hunter2", "user/password ‹redacted›"),
        ("mysql -phunter2 shop", "mysql -p‹redacted› shop"),
        ("https://ann:pw1@db/x", "https://ann:‹redacted›@db/x"),
        ("https://host/a@b:c", "https://host/a@b:c"),
        ("my session is s3cr3tvalue", "my session is ‹redacted›"),
    ];
    for (text, expected) in rows {
        assert_eq!(
            redacted(text.as_bytes(), &[b"s3cr3tvalue".to_vec()]),
            expected
        );
    }
}

#[test]
fn what_is_no_secret_is_shown() {
    for text in PLAIN {
        assert_eq!(redacted(text.as_bytes(), &[]), text);
    }
}

#[test]
fn an_attack_that_stands_where_a_secret_should_is_shown_but_for_its_first_word() {
    #[rustfmt::skip]
    let rows = [
        // the text                                   the match               what is shown
        ("password=hunter2' or 1=1-- ", "' or 1=1-- ", "password=‹redacted›' or 1=1-- "),
        ("password=hunter2' or 1=1-- ", "hunter2' or 1=1-- ", "password=‹redacted›' or 1=1-- "),
        ("{\"token\": \"abc' or 1=1\"}", "' or 1=1", "{\"token\": \"‹redacted›' or 1=1\"}"),
        ("token=1/**/or/**/1=1", "1/**/or/**/1=1", "token=‹redacted›/**/or/**/1=1"),
        ("http://evil@169.254.169.254/x", "http://evil@169.254.169.254/x", "http://‹redacted›@169.254.169.254/x"),
        ("x rO0ABXNyABdqYXZhLnV0aWwu123 y", "rO0ABXNyABdqYXZhLnV0aWwu123", "x rO0ABX‹redacted› y"),
        ("auth=$(id)", "$(id)", "auth=$(id)"),
    ];
    for (text, matched, expected) in rows {
        let at = text.find(matched).unwrap();
        assert_eq!(
            excerpt(text.as_bytes(), at, at + matched.len(), &[]),
            expected
        );
    }
}

proptest! {
    #[test]
    fn a_secret_anywhere_near_a_match_is_never_shown(row in 0..SECRETS.len(), before in "[a-z =;,'\"]{0,40}", after in "[a-z =;,'\"]{0,40}") {
        let (text, secret) = SECRETS[row];
        let whole = format!("{before} {ATTACK}\n{text}\n{ATTACK}{after}");
        for (at, _) in whole.match_indices(ATTACK) {
            let shown = excerpt(whole.as_bytes(), at, at + ATTACK.len(), &[]);
            prop_assert!(!shown.contains(secret), "{whole}: {shown}");
        }
    }

    #[test]
    fn a_known_secret_is_never_shown_whatever_is_matched(before in ".{0,60}", after in ".{0,60}", start in 0usize..200, length in 0usize..200) {
        let secret = "Zq/x'J+kVw PY:U";
        let text = format!("{before}{secret}{after}");
        let shown = excerpt(text.as_bytes(), start, start + length, &[secret.as_bytes().to_vec()]);
        for piece in ["Zq/x", "J+kV", "PY:U"] {
            prop_assert!(before.contains(piece) || after.contains(piece) || !shown.contains(piece), "{shown}");
        }
    }
}
