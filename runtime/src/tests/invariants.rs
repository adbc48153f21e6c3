//! The runtime API that walks whole maps: for the node's own questions only.

use super::on_genesis;
use crate::{Block, Runtime};
use hanzo_traits::api::runtime_decl_for_invariants::InvariantsV1;

pub use crate::test_kit::invariants as check;

#[test]
fn check_should_be_refused_at_any_level_when_the_node_does_not_permit_it() {
    on_genesis("development", || {
        for level in [0, 1, u8::MAX] {
            let error = <Runtime as InvariantsV1<Block>>::check(level).unwrap_err();
            assert!(error.contains("invariants_check"), "{error}");
        }
        assert_eq!(check(), Ok(()));
    });
}
