//! A damaged quote or collateral binds nothing, and a call that fails changes nothing.

use crate::{mock::*, Bindings, Call};
use frame_support::traits::UnfilteredDispatchable;
use hanzo_proofs::Vendor;
use hanzo_traits::TeeRegistry;
use sp_core::Pair;

/// Flips of a bit at `count` places, evenly spread; at most one per byte.
fn flips(bytes: &[u8], count: usize) -> impl Iterator<Item = Vec<u8>> + '_ {
    let step = (bytes.len() / count).max(1);
    (0..bytes.len()).step_by(step).map(move |at| {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << ((at / step) % 8);
        flipped
    })
}

#[test]
fn register_key_should_bind_the_same_or_nothing_when_a_bit_is_flipped() {
    for vendor in Vendor::ALL {
        new_test_ext().execute_with(|| {
            let (quote, collateral) = (binding_quote(vendor, WORKER, 1).to_vec(), collateral(vendor));
            let pairs = flips(&quote, 60)
                .map(|quote| (quote, collateral.clone()))
                .chain(flips(&collateral, 60).map(|collateral| (quote.clone(), collateral)));
            for (quote, collateral) in pairs {
                let call = Call::<Test>::register_key {
                    vendor,
                    root: root_id(vendor),
                    epoch: 1,
                    quote: quote.try_into().expect("short"),
                    collateral: collateral.try_into().expect("short"),
                };
                let before = sp_io::storage::root(Default::default());
                let result = RuntimeCall::from(call).dispatch_bypass_filter(RuntimeOrigin::signed(WORKER));
                let bound = Attesting::is_bound(&WORKER, &pair(WORKER).public());
                match result {
                    Ok(_) => assert_eq!(bound, Some(measurement(vendor))),
                    Err(_) => assert_eq!(sp_io::storage::root(Default::default()), before, "left traces"),
                }
                Bindings::<Test>::remove(WORKER);
                assert_eq!(Attesting::do_try_state(1), Ok(()));
            }
        });
    }
}
