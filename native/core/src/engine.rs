//! One execution environment's guard without its effects: events and acts in, verdicts and lines out.

use crate::activity::{Activity, Kind};
use crate::attack_path;
use crate::flow::{self, Change, Dialect};
use crate::inputs::{self, Event, Input};
use crate::judge::{Action, Reason, Suspicion};
use crate::policy::{Mode, Policy, Protection};
use crate::record::{Body, Entry, PolicyState, Seen};
use crate::redact::{excerpt, redacted};
use crate::scan::{self, Hit};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::net::IpAddr;

/// Distinct activities remembered; what is new beyond is judged, but not written.
const MOST_SEEN: usize = 10_000;
/// Detections of one invocation that are written.
const MOST_LINES: usize = 20;
/// Addresses of resolved hosts that are remembered.
const MOST_ADDRESSES: usize = 4_096;
/// Bytes of an event's leaf that the firewall reads.
const MOST_SCANNED: usize = 64 << 10;

/// What the guard of one environment starts with.
#[derive(Debug, Default)]
pub struct Setting {
    pub policy_state: PolicyState,
    /// Values that may never be shown.
    pub secrets: Vec<Vec<u8>>,
    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    pub runtime_api: String,
    /// Why every invocation is refused; none where they are not.
    pub refuses: Option<String>,
    /// Starts the ids of this environment's records.
    pub seed: u64,
}

/// What a call hands to an interpreter of its own: where an input could change a syntax.
#[derive(Debug, Clone, Copy)]
pub enum Resource<'a> {
    None,
    Path(&'a [u8]),
    Shell(&'a [u8]),
    Arguments(&'a [&'a [u8]]),
    Sql(&'a [u8], Dialect),
}

/// One call at a sink: what it would do, and with what words.
#[derive(Debug, Clone)]
pub struct Act<'a> {
    pub activities: Vec<Activity>,
    pub resource: Resource<'a>,
    /// Shown in records, redacted.
    pub arguments: Vec<&'a [u8]>,
}

/// Whether a call may go on, and what is to be written.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Why it is blocked; none where it is not.
    pub blocked: Option<String>,
    pub entries: Vec<Entry>,
}

/// What to do in the handler's place.
#[derive(Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: String,
    /// The JSON answer of triggers that wait for HTTP.
    pub response: Option<&'static str>,
}

#[derive(Default)]
struct Invocation {
    request_id: String,
    event: Event,
    attacked: bool,
    written: usize,
    new: Vec<Activity>,
    said: HashSet<String>,
}

/// The guard of one environment.
pub struct Engine {
    policy: Policy,
    setting: Setting,
    invocation: Invocation,
    seen: HashSet<Activity>,
    counts: HashMap<String, u64>,
    hosts: HashMap<IpAddr, String>,
    faults: u64,
    records: u64,
}

/// A detection before it is judged.
struct Found<'a> {
    protection: Protection,
    detector: &'a str,
    confidence: u8,
    cwe: u16,
    reason: String,
    rule: Option<&'a str>,
    input: Option<(&'a Input, usize, usize)>,
}

impl Engine {
    #[must_use]
    pub fn new(policy: Policy, setting: Setting) -> Engine {
        Engine {
            policy,
            setting,
            invocation: Invocation::default(),
            seen: HashSet::new(),
            counts: HashMap::new(),
            hosts: HashMap::new(),
            faults: 0,
            records: 0,
        }
    }

    #[must_use]
    pub fn mode(&self) -> Mode {
        self.policy.mode
    }

    /// Whether reading the platform's own files can be passed by unseen: no rule is about files, and no input of
    /// this invocation could climb in a path.
    #[must_use]
    pub fn platform_reads_are_free(&self) -> bool {
        self.policy.rules[Kind::File as usize].is_empty()
            && !self.invocation.event.inputs.iter().any(|input| input.has_slash)
    }

    /// Takes an event in before the handler sees it.
    pub fn begin(&mut self, now_ms: u64, request_id: &str, event: &[u8]) -> (Option<Refusal>, Vec<Entry>) {
        self.end();
        let mut entries = Vec::new();
        self.invocation.request_id = request_id.to_owned();
        let watches = |protection| self.policy.mode_of(protection) != Mode::Off;
        if watches(Protection::Firewall) || watches(Protection::Flow) {
            self.invocation.event = inputs::decode(event);
        }
        let trigger = self.invocation.event.trigger;
        let refusal = |reason: String| Some(Refusal { reason, response: inputs::refusal(trigger) });
        if let Some(reason) = self.setting.refuses.clone() {
            let body = Body { state: Some("refused"), message: Some(reason.clone()), ..self.state() };
            entries.extend(self.say_once("refused", now_ms, "status", "FATAL", body));
            return (refusal(reason), entries);
        }
        entries.extend(self.report_gaps_of_event(now_ms));
        let mut blocked = self.judge_source(now_ms, &mut entries);
        blocked = blocked.or(self.judge_inputs(now_ms, &mut entries));
        (blocked.and_then(refusal), entries)
    }

    /// Forgets an invocation: its inputs, and what it taught if it was attacked.
    pub fn end(&mut self) {
        let invocation = std::mem::take(&mut self.invocation);
        if invocation.attacked {
            for activity in &invocation.new {
                self.seen.remove(activity);
            }
        }
    }

    /// Decides about a call.
    pub fn admit(&mut self, now_ms: u64, act: &Act<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        let event = std::mem::take(&mut self.invocation.event);
        if let Some(found) = self.flow(&event, act.resource) {
            self.detect(now_ms, &found, act.activities.first(), act, &mut outcome);
        }
        self.invocation.event = event;
        for activity in &act.activities {
            self.admit_one(now_ms, activity, act, &mut outcome);
        }
        outcome
    }

    /// Remembers which addresses a host has that was admitted: the host's verdict is theirs.
    pub fn resolved(&mut self, host: &str, addresses: &[IpAddr]) {
        for address in addresses {
            if self.hosts.len() < MOST_ADDRESSES || self.hosts.contains_key(address) {
                self.hosts.insert(*address, host.to_owned());
            }
        }
    }

    /// The line of a state of the guard itself.
    pub fn status(
        &mut self,
        now_ms: u64,
        state: &'static str,
        message: &str,
        coverage: BTreeMap<String, String>,
    ) -> Vec<Entry> {
        let level = if state == "armed" || state == "gap" { "ERROR" } else { "FATAL" };
        if state == "fault" {
            self.faults += 1;
        }
        let body = Body { state: Some(state), message: Some(message.to_owned()), coverage, ..self.state() };
        let key = format!("status {state} {message:.200}");
        self.say_once(&key, now_ms, "status", level, body).into_iter().collect()
    }

    fn state(&self) -> Body {
        Body {
            mode: Some(self.policy.mode.name()),
            policy: Some(self.setting.policy_state.clone()),
            faults: Some(self.faults),
            ..Body::default()
        }
    }

    fn report_gaps_of_event(&mut self, now_ms: u64) -> Option<Entry> {
        let event = &self.invocation.event;
        let message = match (event.malformed_at, event.left_out) {
            (Some(at), _) => format!("the event is no JSON from byte {at}; it was inspected as one text"),
            (None, 0) => return None,
            (None, left_out) => format!("the event has too many inputs: {left_out} were not inspected"),
        };
        let body = Body { state: Some("gap"), message: Some(message), ..self.state() };
        self.say_once("event gap", now_ms, "status", "ERROR", body)
    }

    fn judge_source(&mut self, now_ms: u64, entries: &mut Vec<Entry>) -> Option<String> {
        let caller = self.invocation.event.caller?;
        if !self.policy.denies_source(caller) {
            return None;
        }
        let found = Found {
            protection: Protection::Firewall,
            detector: "malicious-source",
            confidence: 100,
            cwe: 1_327,
            reason: format!("the caller {caller} is on the policy's list of sources"),
            rule: None,
            input: None,
        };
        let mut outcome = Outcome::default();
        self.detect(now_ms, &found, None, &Act::of_event(), &mut outcome);
        entries.append(&mut outcome.entries);
        outcome.blocked
    }

    fn judge_inputs(&mut self, now_ms: u64, entries: &mut Vec<Entry>) -> Option<String> {
        if self.policy.mode_of(Protection::Firewall) == Mode::Off {
            return None;
        }
        let event = std::mem::take(&mut self.invocation.event);
        let mut outcome = Outcome::default();
        for (input, hit) in strongest_hits(&event) {
            let found = Found {
                protection: Protection::Firewall,
                detector: hit.detector,
                confidence: hit.confidence,
                cwe: hit.cwe,
                reason: hit.reason.to_owned(),
                rule: Some(hit.rule),
                input: Some((input, hit.start, hit.end)),
            };
            self.detect(now_ms, &found, None, &Act::of_event(), &mut outcome);
        }
        self.invocation.event = event;
        entries.append(&mut outcome.entries);
        outcome.blocked
    }

    fn flow<'a>(&self, event: &'a Event, resource: Resource<'_>) -> Option<Found<'a>> {
        if self.policy.mode_of(Protection::Flow) == Mode::Off {
            return None;
        }
        let (detector, cwe) = match resource {
            Resource::None => return None,
            Resource::Path(_) => ("path-traversal", 22),
            Resource::Shell(_) => ("shell-injection", 78),
            Resource::Arguments(_) => ("process-injection", 88),
            Resource::Sql(..) => ("sql-injection", 89),
        };
        let (input, change) = event.inputs.iter().find_map(|input| Some((input, changes(input, resource)?)))?;
        Some(Found {
            protection: Protection::Flow,
            detector,
            confidence: 100,
            cwe,
            reason: change.reason.to_owned(),
            rule: None,
            input: Some((input, 0, input.text.len())),
        })
    }

    fn admit_one(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        if let Some(found) = self.lambda_attack(activity) {
            self.detect(now_ms, &found, Some(activity), act, outcome);
        }
        let verdict = self.policy.judge(activity);
        if matches!(verdict.reason, Reason::Learning | Reason::Unlisted) && self.host_vouches(activity) {
            return;
        }
        match (verdict.action, verdict.reason) {
            (Action::Allow, Reason::Learning) => self.learn(now_ms, activity, act, outcome),
            (Action::Allow, _) => {}
            (_, reason) => {
                let is_rule = matches!(reason, Reason::Rule(_));
                let found = Found {
                    protection: Protection::Kind(activity.kind),
                    detector: if is_rule { activity.kind.denied() } else { activity.kind.unlisted() },
                    confidence: 100,
                    cwe: 284,
                    reason: reason.to_string(),
                    rule: None,
                    input: None,
                };
                self.detect(now_ms, &found, Some(activity), act, outcome);
            }
        }
    }

    fn lambda_attack(&self, activity: &Activity) -> Option<Found<'static>> {
        if let Some(path) = attack_path::recognise(activity, &self.setting.runtime_api) {
            return Some(Found {
                protection: Protection::Lambda,
                detector: path.detector,
                confidence: 100,
                cwe: path.cwe,
                reason: path.reason.to_owned(),
                rule: None,
                input: None,
            });
        }
        let name = std::str::from_utf8(&activity.target).ok()?;
        if activity.operation != "unpickle" || !attack_path::is_dangerous_global(name) {
            return None;
        }
        Some(Found {
            protection: Protection::Flow,
            detector: "unsafe-deserialization",
            confidence: 100,
            cwe: 502,
            reason: format!("a pickle asks for {name:.100}, which runs code"),
            rule: None,
            input: None,
        })
    }

    fn host_vouches(&self, activity: &Activity) -> bool {
        if activity.kind != Kind::Address || activity.operation == "bind" {
            return false;
        }
        let Ok(target) = std::str::from_utf8(&activity.target) else { return false };
        let (address, _) = crate::policy::split_port(target);
        address.parse().is_ok_and(|address: IpAddr| self.hosts.contains_key(&address))
    }

    fn learn(
        &mut self,
        now_ms: u64,
        activity: &Activity,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        if self.seen.len() >= MOST_SEEN || self.seen.contains(activity) {
            return;
        }
        self.seen.insert(activity.clone());
        self.invocation.new.push(activity.clone());
        let body = Body {
            reason: Some("learning".to_owned()),
            attacked: self.invocation.attacked,
            ..self.body_of(Some(activity), act)
        };
        outcome.entries.push(self.entry(now_ms, "activity", "ERROR", body));
    }

    fn detect(
        &mut self,
        now_ms: u64,
        found: &Found<'_>,
        activity: Option<&Activity>,
        act: &Act<'_>,
        outcome: &mut Outcome,
    ) {
        let path = found.input.map_or("", |(input, _, _)| input.path.as_str());
        let verdict = self.policy.judge_suspicion(&Suspicion {
            protection: found.protection,
            detector: found.detector,
            confidence: found.confidence,
            path,
            matched: found.input.map_or(activity.map_or(b"", |one| &one.target), |(input, _, _)| &input.text),
        });
        // What a kind's own judgement says was said already; only a switch to `off` or an exclusion counts here.
        if verdict.action == Action::Allow {
            return;
        }
        self.invocation.attacked = true;
        if verdict.action == Action::Block && outcome.blocked.is_none() {
            outcome.blocked = Some(format!("{}: {}", found.detector, found.reason));
        }
        let target = activity.map_or(String::new(), |one| String::from_utf8_lossy(&one.target).into_owned());
        let key = format!("{} {path} {target}", found.detector);
        let Some(count) = self.counted(&key) else { return };
        let level = if verdict.action == Action::Block { "FATAL" } else { "ERROR" };
        let input = found.input.map(|(input, start, end)| Seen {
            path: input.path.clone(),
            excerpt: excerpt(&input.text, start, end, &self.setting.secrets),
        });
        let body = Body {
            verdict: Some(verdict.action.name()),
            detector: Some(found.detector.to_owned()),
            protection: Some(found.protection.name()),
            confidence: Some(found.confidence),
            reason: Some(found.reason.clone()),
            rules: found.rule.map(str::to_owned).into_iter().collect(),
            cwe: Some(found.cwe),
            input,
            count: Some(count),
            ..self.body_of(activity, act)
        };
        outcome.entries.push(self.entry(now_ms, "detection", level, body));
    }

    fn body_of(&self, activity: Option<&Activity>, act: &Act<'_>) -> Body {
        let show = |text: &[u8]| redacted(&text[..text.len().min(1_000)], &self.setting.secrets);
        Body {
            kind: activity.map(|one| one.kind.name()),
            operation: activity.map(|one| one.operation.clone()),
            target: activity.map(|one| self.shown_target(one)),
            arguments: act.arguments.iter().take(16).map(|text| show(text)).collect(),
            ..Body::default()
        }
    }

    /// A target is shown whole, since the allowlist is made of it; only known secrets are masked.
    fn shown_target(&self, activity: &Activity) -> String {
        let mut shown = String::from_utf8_lossy(&activity.target).into_owned();
        for secret in &self.setting.secrets {
            shown = shown.replace(&*String::from_utf8_lossy(secret), "‹redacted›");
        }
        crate::redact::clip(&shown, 2_000)
    }

    /// How often `key` came in this environment; none when it need not be written again.
    fn counted(&mut self, key: &str) -> Option<u64> {
        if self.counts.len() >= MOST_SEEN {
            self.counts.clear();
        }
        let count = self.counts.entry(key.to_owned()).or_insert(0);
        *count += 1;
        let (count, is_rare) = (*count, *count <= 10 || count.is_power_of_two());
        let is_first = self.invocation.said.insert(key.to_owned());
        if !is_first || !is_rare || self.invocation.written >= MOST_LINES {
            return None;
        }
        self.invocation.written += 1;
        Some(count)
    }

    fn say_once(&mut self, key: &str, now_ms: u64, kind: &'static str, level: &'static str, body: Body) -> Option<Entry> {
        self.counted(key)?;
        Some(self.entry(now_ms, kind, level, body))
    }

    fn entry(&mut self, now_ms: u64, kind: &'static str, level: &'static str, body: Body) -> Entry {
        self.records += 1;
        let id = scrambled(self.setting.seed.wrapping_add(self.records));
        Entry { kind, level, now_ms, id, request_id: self.invocation.request_id.clone(), body }
    }
}

impl Act<'_> {
    fn of_event() -> Act<'static> {
        Act { activities: Vec::new(), resource: Resource::None, arguments: Vec::new() }
    }
}

fn changes(input: &Input, resource: Resource<'_>) -> Option<Change> {
    if !input.has_syntax {
        return None;
    }
    match resource {
        Resource::None => None,
        Resource::Path(path) if input.has_slash => flow::path(path, &input.text),
        Resource::Path(_) => None,
        Resource::Shell(command) => flow::shell(command, &input.text),
        Resource::Arguments(arguments) => flow::exec(arguments, &input.text),
        Resource::Sql(statement, dialect) => flow::sql(statement, &input.text, dialect),
    }
}

/// Of each detector its strongest hit, so that one attack in two spellings is one detection.
fn strongest_hits(event: &Event) -> Vec<(&Input, Hit)> {
    let mut strongest: Vec<(&Input, Hit)> = Vec::new();
    for input in event.inputs.iter().filter(|input| input.has_syntax) {
        for hit in scan::scan(&input.text[..input.text.len().min(MOST_SCANNED)]) {
            match strongest.iter_mut().find(|(_, other)| other.detector == hit.detector) {
                Some(other) if other.1.confidence < hit.confidence => *other = (input, hit),
                Some(_) => {}
                None => strongest.push((input, hit)),
            }
        }
    }
    strongest
}

/// `SplitMix64` (Steele, Lea, Flood, 2014): distinct ids from a counter.
fn scrambled(counter: u64) -> u64 {
    let mut value = counter.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}
