//! What a hook may use, and how much of it it has.

use frame_support::weights::Weight;

/// A limit on weight that may be passed knowingly: what a hook does whatever the weight is spent all the same. (The SDK's
/// meter takes that for an error.)
pub(crate) struct Budget {
    limit: Weight,
    spent: Weight,
}

impl Budget {
    /// Nothing spent yet.
    pub(crate) fn new(limit: Weight) -> Self {
        Self { limit, spent: Weight::zero() }
    }

    /// Whether this much more stays within the limit.
    pub(crate) fn has_room_for(&self, weight: Weight) -> bool {
        self.spent.saturating_add(weight).all_lte(self.limit)
    }

    /// Notes what is used.
    pub(crate) fn spend(&mut self, weight: Weight) {
        self.spent = self.spent.saturating_add(weight);
    }

    /// All that was noted.
    pub(crate) fn spent(&self) -> Weight {
        self.spent
    }
}
