//! A chain reached over WebSocket: what `hanzo-worker attach` and the client's commands share.
//!
//! Reads are runtime APIs at a given block, decoded into the views of `hanzo-traits`. Calls, events and errors are found
//! in the metadata of the runtime at hand, so that an upgrade which moves an index does no harm and one which changes a
//! shape is refused before anything is signed.
//!
//! | file | holds |
//! |---|---|
//! | [`connection`] | requests, runtime APIs, best blocks |
//! | [`keys`] | secret keys from files |
//! | [`tx`] | calls, signing, submission |
//! | `pool` | what of an account waits in the pool |
//! | [`blobs`] | inputs and outputs by hash |
//! | [`events`] | the events of a block, decoded by name |
//! | [`follow`] | the best chain, block by block, reorganisations included |
//! | [`record`] | what the events say about one job |
//! | [`report`] | that, as people and programs read it |

pub mod blobs;
pub mod connection;
pub mod error;
mod event_types;
pub mod events;
pub mod follow;
pub mod keys;
mod pool;
pub mod record;
pub mod report;
pub mod tx;

pub use connection::{Connection, Header};
pub use error::{ClientError, Result};
pub use keys::Account;
