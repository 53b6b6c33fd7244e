//! What one event may cost: counted, never timed, so that an event has the same answer wherever it is inspected.

/// What is left to spend. A unit is what a byte costs that one simple pass reads: about a nanosecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Budget {
    left: usize,
}

impl Budget {
    pub(crate) const fn new(units: usize) -> Self {
        Self { left: units }
    }

    /// Pays for a piece of work, where there is enough; else nothing is taken, and the work is not to be done.
    pub(crate) fn pays(&mut self, units: usize) -> bool {
        let rest = self.left.checked_sub(units);
        self.left = rest.unwrap_or(self.left);
        rest.is_some()
    }

    /// Whether there is enough for a piece of work.
    pub(crate) fn lasts_for(self, units: usize) -> bool {
        self.left >= units
    }

    /// Takes the cost of work that is done already.
    pub(crate) fn spend(&mut self, units: usize) {
        self.left = self.left.saturating_sub(units);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_paid_takes_nothing() {
        let mut budget = Budget::new(10);
        let paid = [6, 5, 4, 1, 0].map(|units| budget.pays(units));
        assert_eq!(paid, [true, false, true, false, true]);
    }
}
