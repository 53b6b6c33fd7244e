//! What a policy no longer says once the time of a rule or an exclusion is over.
//!
//! Does not see: an environment that runs at that time; it keeps what was in force at its start.

use super::Policy;

impl Policy {
    /// Leaves out the rules and exclusions whose time is over at `now_s`, in seconds since 1970.
    pub fn lapse(&mut self, now_s: u64) {
        let is_over = |expires: Option<u64>| expires.is_some_and(|end| end <= now_s);
        for named in self.rules.iter_mut().chain(&mut self.exclusions) {
            named.retain(|one| !is_over(one.expires));
        }
        self.detector_exclusions.retain(|one| !is_over(one.expires));
    }
}
