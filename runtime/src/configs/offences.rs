//! Reports of misbehaviour that carry a proof.

use crate::{Runtime, RuntimeEvent};
use pallet_session::historical::IdentificationTuple;

impl pallet_offences::Config for Runtime {
    type RuntimeEvent = RuntimeEvent;
    type IdentificationTuple = IdentificationTuple<Runtime>;
    /// A report is verified, stored and emitted as an event. There is no bond yet from which to slash.
    type OnOffenceHandler = ();
}
