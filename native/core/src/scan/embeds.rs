//! What whole content embeds: players, maps and posts of hosts that serve nobody's own script; libraries, fonts.
//!
//! A row is the start of an address without its scheme. A host that anybody may put script on (npm's mirrors, gists, a
//! tag manager's containers) is on no list that lets a script pass: it would lend its name to any.

use memchr::memmem;

/// Frames: their pages are of another origin, and what they show is the host's.
const FRAMES: [&[u8]; 27] = [
    b"calendar.google.com/calendar/embed",
    b"embed.music.apple.com/",
    b"embed.podcasts.apple.com/",
    b"embed.ted.com/",
    b"fast.wistia.net/embed/",
    b"geo.dailymotion.com/player",
    b"maps.google.com/maps",
    b"open.spotify.com/embed/",
    b"platform.twitter.com/",
    b"player.bilibili.com/player",
    b"player.twitch.tv/",
    b"player.vimeo.com/video/",
    b"w.soundcloud.com/player/",
    b"www.bing.com/maps/embed",
    b"www.dailymotion.com/embed/",
    b"www.facebook.com/plugins/",
    b"www.google.com/maps/",
    b"www.googletagmanager.com/ns.html?id=",
    b"www.instagram.com/p/",
    b"www.loom.com/embed/",
    b"www.openstreetmap.org/export/embed",
    b"www.slideshare.net/slideshow/embed_code/",
    b"www.tiktok.com/embed/",
    b"www.youtube-nocookie.com/embed/",
    b"www.youtube.com/embed/",
    b"youtube.com/embed/",
    b"bandcamp.com/embeddedplayer/",
];

/// Scripts that show a post, count visits or make a page AMP, and run nothing else.
const SCRIPTS: [&[u8]; 15] = [
    b"assets.pinterest.com/js/pinit.js",
    b"cdn.ampproject.org/v0.js",
    b"cdn.ampproject.org/v0/amp-",
    b"embed.reddit.com/widgets.js",
    b"platform.linkedin.com/in.js",
    b"platform.twitter.com/widgets.js",
    b"platform.x.com/widgets.js",
    b"www.google-analytics.com/analytics.js",
    b"www.google-analytics.com/ga.js",
    b"www.googletagmanager.com/gtag/js?id=aw-",
    b"www.googletagmanager.com/gtag/js?id=g-",
    b"www.googletagmanager.com/gtag/js?id=ua-",
    b"www.instagram.com/embed.js",
    b"www.tiktok.com/embed.js",
    b"js.stripe.com/v3/",
];

/// Style sheets of fonts and of libraries that their hosts choose.
const STYLES: [&[u8]; 9] = [
    b"ajax.googleapis.com/ajax/libs/",
    b"cdnjs.cloudflare.com/ajax/libs/",
    b"code.jquery.com/",
    b"fonts.bunny.net/",
    b"fonts.googleapis.com/",
    b"maxcdn.bootstrapcdn.com/",
    b"stackpath.bootstrapcdn.com/",
    b"use.fontawesome.com/",
    b"use.typekit.net/",
];

/// Is `address`, in lower case, one of a player, a map or a post?
pub(super) fn is_known_frame(address: &[u8]) -> bool {
    is_on(&FRAMES, address)
}

/// Is `address` one of a script that is its host's alone, and is told nothing to call?
pub(super) fn is_known_script(address: &[u8]) -> bool {
    is_on(&SCRIPTS, address)
        && memmem::find(address, b"callback").is_none()
        && memmem::find(address, b"..").is_none()
}

/// Is `address` one of fonts, or of a library's style sheet?
pub(super) fn is_known_style(address: &[u8]) -> bool {
    is_on(&STYLES, address)
}

/// Does `address` name another host by itself: `https://a.example/x`, `//a.example/x`?
pub(super) fn names_host(address: &[u8]) -> bool {
    without_scheme(address).is_some()
}

fn is_on(list: &[&[u8]], address: &[u8]) -> bool {
    without_scheme(address).is_some_and(|rest| list.iter().any(|row| rest.starts_with(row)))
}

fn without_scheme(address: &[u8]) -> Option<&[u8]> {
    let address = address.trim_ascii();
    let rest = address
        .strip_prefix(b"https:")
        .or_else(|| address.strip_prefix(b"http:"))
        .unwrap_or(address);
    rest.strip_prefix(b"//")
}

/// What Google's tag has pages write before they call it, without blanks.
const BEFORE_TAG: &[u8] =
    b"window.datalayer=window.datalayer||[];functiongtag(){datalayer.push(arguments)";
/// Longer scripts do more.
const LONGEST_TAG: usize = 1024;

/// `gtag('js', new Date()); gtag('config', 'G-1');`: is `code`, in lower case, that of a page that counts its visits?
pub(super) fn counts_visits(code: &[u8]) -> bool {
    if code.len() > LONGEST_TAG {
        return false;
    }
    let is_blank = |byte: &&u8| !byte.is_ascii_whitespace();
    let tight: Vec<u8> = code.iter().filter(is_blank).copied().collect();
    let calls = tight.strip_prefix(BEFORE_TAG).and_then(|rest| {
        let rest = rest.strip_prefix(b";").unwrap_or(rest);
        rest.strip_prefix(b"}")
    });
    calls.is_some_and(|calls| calls.split(|byte| *byte == b';').all(calls_tag))
}

fn calls_tag(call: &[u8]) -> bool {
    let arguments = call
        .strip_prefix(b"gtag(")
        .and_then(|rest| rest.strip_suffix(b")"));
    call.is_empty()
        || arguments.is_some_and(|all| {
            all == b"'js',newdate()" || all == b"\"js\",newdate()" || are_constants(all)
        })
}

fn are_constants(arguments: &[u8]) -> bool {
    let is_sign = |byte: &u8| byte.is_ascii_alphanumeric() || b"'\"_-,{}:/".contains(byte);
    arguments.iter().all(is_sign)
}

#[cfg(test)]
mod tests {
    use super::{counts_visits, is_known_frame, is_known_script};

    #[test]
    fn a_known_address_is_its_hosts_own() {
        let rows = [
            ("https://www.youtube.com/embed/x", true),
            ("//player.vimeo.com/video/1", true),
            ("https://www.youtube.com.a.example/embed/x", false),
            ("https://a.example/www.youtube.com/embed/", false),
            ("www.youtube.com/embed/x", false),
        ];
        for (address, known) in rows {
            assert_eq!(is_known_frame(address.as_bytes()), known, "{address}");
        }
        assert!(is_known_script(b"https://platform.twitter.com/widgets.js"));
        assert!(!is_known_script(
            b"https://www.googletagmanager.com/gtag/js?id=gtm-x"
        ));
        assert!(!is_known_script(
            b"https://cdn.ampproject.org/v0/amp-/../../x.js"
        ));
    }

    #[test]
    fn only_googles_own_lines_count_visits() {
        let start = "window.datalayer = window.datalayer || []; function gtag(){datalayer.push(arguments);}";
        let rows = [
            ("gtag('js', new date()); gtag('config', 'g-1');", true),
            ("gtag('config', 'g-1', {'anonymize_ip': true});", true),
            ("", true),
            ("gtag('js', alert(1))", false),
            ("alert(1)", false),
            ("gtag('x');import('//a.example')", false),
        ];
        for (calls, counts) in rows {
            assert_eq!(
                counts_visits(format!("{start} {calls}").as_bytes()),
                counts,
                "{calls}"
            );
        }
        assert!(!counts_visits(b"gtag('config', 'g-1')"));
    }
}
