//! Version of the runtime.

use alloc::borrow::Cow;
use sp_version::{runtime_version, RuntimeVersion};

/// What the blob says of itself.
///
/// `spec_version` grows with every change of behaviour; `transaction_version` with every change of an existing call's
/// encoding or of the extensions, which makes signed transactions of the past invalid.
#[runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("hanzo"),
    impl_name: Cow::Borrowed("hanzo-node"),
    authoring_version: 1,
    spec_version: 1,
    impl_version: 1,
    apis: crate::apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};
