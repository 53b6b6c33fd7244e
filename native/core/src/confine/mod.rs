//! What of a policy a kernel can hold by itself: not the judge's answer, but a set that is never smaller than what the
//! judge allows.
//!
//! Only kinds that block what is not listed are held. A rule denies within what is listed, which no kernel can be told:
//! rules are the other walls'. So are hosts, the code that is loaded, and addresses but for the ports of TCP.

mod places;

pub use self::places::{Found, Place, widened};
use crate::activity::{Activity, Kind};
use crate::entries::Target;
use crate::judge::Action;
use crate::policy::{Policy, Targets, split_port};
use std::collections::BTreeSet;

/// What is to be held of one sort of acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held<T> {
    /// The policy blocks none of them for not being listed.
    Unasked,
    /// It does, and no kernel can be told: why.
    Open(&'static str),
    /// These, and no others.
    Only(T),
}

impl<T> Held<T> {
    /// What is held, if anything is.
    pub fn only(&self) -> Option<&T> {
        match self {
            Held::Only(held) => Some(held),
            _ => None,
        }
    }
}

/// The ports of TCP that may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ports {
    pub connect: BTreeSet<u16>,
    pub bind: BTreeSet<u16>,
}

/// What a kernel is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confinement {
    /// Files that may be started as programs; where there is none, nothing may.
    pub programs: Held<BTreeSet<Vec<u8>>>,
    pub reads: Held<Vec<Place>>,
    /// Where files may be made, changed, renamed and removed; they may be read there too.
    pub writes: Held<Vec<Place>>,
    pub ports: Held<Ports>,
    /// Whether no socket may be reached that has a name without a path.
    pub refuses_names: bool,
}

impl Confinement {
    /// Whether there is anything to hold.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.programs.only().is_none()
            && self.reads.only().is_none()
            && self.writes.only().is_none()
            && self.ports.only().is_none()
            && !self.refuses_names
    }
}

/// What of a policy can be held. `standing` are the folders of the platform and of the function's package, which no
/// function changes; `runtime_api` is where the runtime asks for events.
#[must_use]
pub fn confine(policy: &Policy, standing: &[String], runtime_api: &str) -> Confinement {
    let in_force = InForce { policy, standing };
    let writes = in_force.writes();
    Confinement {
        programs: in_force.programs(),
        reads: in_force.reads(&writes),
        writes,
        ports: in_force.ports(runtime_api),
        refuses_names: in_force.refuses_names(),
    }
}

struct InForce<'a> {
    policy: &'a Policy,
    standing: &'a [String],
}

impl InForce<'_> {
    fn programs(&self) -> Held<BTreeSet<Vec<u8>>> {
        let Some(listed) = self.policy.enforced(Kind::Process) else {
            return Held::Unasked;
        };
        let mut programs = BTreeSet::new();
        for target in targets_of(&listed, "start") {
            match target {
                Target::Only(path) if !path.starts_with(b"/") => {} // no file
                Target::Only(path) if self.is_fixed(&path) => {
                    programs.insert(path);
                }
                Target::Only(_) => {
                    return Held::Open("a listed program stands where it may be changed");
                }
                Target::Beginning(_) => return Held::Open("a listed program has a wildcard"),
            }
        }
        Held::Only(programs)
    }

    /// Whether what is at a path stays what it is.
    fn is_fixed(&self, path: &[u8]) -> bool {
        if self.policy.enforced(Kind::File).is_none() {
            return self.is_standing(path);
        }
        let is_blocked = |operation: &str, path: &[u8]| {
            let change = Activity::new(Kind::File, operation, path);
            self.policy.judge(&change).action == Action::Block
        };
        let ends = path.iter().enumerate().skip(1);
        let mut above = ends.filter(|(_, byte)| **byte == b'/');
        ["write", "link"].iter().all(|one| is_blocked(one, path))
            && ["delete", "rename"].iter().all(|one| is_blocked(one, path))
            && above.all(|(end, _)| {
                is_blocked("delete", &path[..end]) && is_blocked("rename", &path[..end])
            })
    }

    /// Whether a path is below a folder of the platform or of the package.
    fn is_standing(&self, path: &[u8]) -> bool {
        let is_below = |folder: &String| {
            let rest = path.strip_prefix(folder.as_bytes());
            rest.is_some_and(|rest| rest.starts_with(b"/"))
        };
        self.standing.iter().any(is_below)
    }

    fn writes(&self) -> Held<Vec<Place>> {
        let Some(listed) = self.policy.enforced(Kind::File) else {
            return Held::Unasked;
        };
        let written = targets_of(&listed, "write").filter_map(Place::of_write);
        let mut places: Vec<Place> = written.chain(self.of_platform("write")).collect();
        for operation in ["delete", "rename", "link"] {
            places.extend(targets_of(&listed, operation).filter_map(Place::of_change));
            places.extend(self.of_platform(operation));
        }
        within_bounds(places)
    }

    fn reads(&self, writes: &Held<Vec<Place>>) -> Held<Vec<Place>> {
        let Some(listed) = self.policy.enforced(Kind::File) else {
            return Held::Unasked;
        };
        let read = [(Kind::Process, "start"), (Kind::Code, "load")];
        for (kind, operation) in read {
            // To start a program or to load a library is to read it, and what it needs.
            let Some(listed) = self.policy.enforced(kind) else {
                return Held::Open("programs and libraries are read from anywhere");
            };
            if !targets_of(&listed, operation).all(|target| self.is_read_anyway(&target)) {
                return Held::Open(
                    "a listed program or library stands outside the platform and the package",
                );
            }
        }
        let Held::Only(writes) = writes else {
            return Held::Open("files may be changed anywhere");
        };
        let standing = self.standing.iter();
        let standing = standing.map(|folder| Place::Standing(folder.clone().into_bytes()));
        let read = targets_of(&listed, "read").filter_map(Place::of_read);
        let places = read.chain(self.of_platform("read")).chain(standing);
        within_bounds(places.chain(writes.iter().cloned()).collect())
    }

    fn of_platform(&self, operation: &str) -> Vec<Place> {
        let targets = self.policy.platform.targets_of(operation);
        targets.into_iter().map(Place::of_platform).collect()
    }

    fn is_read_anyway(&self, target: &Target) -> bool {
        match target {
            Target::Only(path) => !path.starts_with(b"/") || self.is_standing(path),
            Target::Beginning(path) => self.is_standing(path),
        }
    }

    fn ports(&self, runtime_api: &str) -> Held<Ports> {
        let Some(listed) = self.policy.enforced(Kind::Address) else {
            return Held::Unasked;
        };
        // The addresses of a host that was let pass are not looked at again, whatever the port.
        let hosts = self.policy.enforced(Kind::Host);
        if hosts.is_none_or(|hosts| targets_of(&hosts, "resolve").next().is_some()) {
            return Held::Open("the addresses of hosts are let pass with every port");
        }
        let ports = |operation| -> Option<BTreeSet<u16>> {
            let of_each: Option<Vec<_>> =
                listed.iter().map(|list| list.ports_of(operation)).collect();
            Some(of_each?.into_iter().flatten().collect())
        };
        let (Some(mut connect), Some(bind)) = (ports("connect"), ports("bind")) else {
            return Held::Open("a listed address has no port");
        };
        if !runtime_api.is_empty() {
            let (_, port) = split_port(runtime_api);
            connect.insert(port.and_then(|port| port.parse().ok()).unwrap_or(80));
        }
        Held::Only(Ports { connect, bind })
    }

    fn refuses_names(&self) -> bool {
        let may_be_name = |target: Target| {
            let (Target::Only(text) | Target::Beginning(text)) = target;
            let path = text.strip_prefix(b"unix:").unwrap_or(b"");
            !path.starts_with(b"/")
        };
        let listed = self.policy.enforced(Kind::Address);
        let is_named = |operation| {
            let listed = listed.as_ref()?;
            Some(targets_of(listed, operation).any(may_be_name))
        };
        ["connect", "send"].map(is_named) == [Some(false); 2]
    }
}

fn targets_of(listed: &[&Targets], operation: &str) -> impl Iterator<Item = Target> + use<> {
    let all: Vec<Target> = listed
        .iter()
        .flat_map(|list| list.targets_of(operation))
        .collect();
    all.into_iter()
}

/// Places that leave something out.
fn within_bounds(places: Vec<Place>) -> Held<Vec<Place>> {
    if places.contains(&Place::Below(b"/".to_vec())) {
        Held::Open("a listed file has a wildcard in the place of its first folder")
    } else {
        Held::Only(places)
    }
}
