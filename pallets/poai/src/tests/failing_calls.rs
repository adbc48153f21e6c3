//! A call that fails changes nothing, whoever makes it and whenever.

use crate::{mock::*, Call};
use frame_support::traits::UnfilteredDispatchable;
use proptest::prelude::*;

/// One step of a random story.
#[derive(Clone, Debug)]
enum Step {
    Accept { worker: u64 },
    Attest { job: u64, who: u64, count: u32, honest: bool },
    Demand { job: u64, who: u64 },
    Deliver { job: u64, who: u64, count: u32 },
    Refuse(bool),
    Blocks(u64),
}

fn account() -> impl Strategy<Value = u64> {
    prop_oneof![Just(CLIENT), Just(WORKER), Just(OTHER_WORKER), Just(STRANGER)]
}

fn step() -> impl Strategy<Value = Step> {
    let count = || prop_oneof![Just(1u32), Just(40), Just(4_097)];
    prop_oneof![
        2 => prop_oneof![Just(WORKER), Just(OTHER_WORKER)].prop_map(|worker| Step::Accept { worker }),
        4 => (0u64..6, account(), count(), prop::bool::weighted(0.8))
            .prop_map(|(job, who, count, honest)| Step::Attest { job, who, count, honest }),
        4 => (0u64..6, prop_oneof![3 => Just(CLIENT), 1 => account()])
            .prop_map(|(job, who)| Step::Demand { job, who }),
        4 => (0u64..6, account(), count()).prop_map(|(job, who, count)| Step::Deliver { job, who, count }),
        1 => any::<bool>().prop_map(Step::Refuse),
        2 => (1u64..70).prop_map(Step::Blocks),
    ]
}

/// Dispatches as an extrinsic would be, and checks that a failure leaves the state as it was.
fn dispatch(who: u64, call: Call<Test>) {
    let before = sp_io::storage::root(Default::default());
    let text = format!("{call:?}");
    let result = RuntimeCall::from(call).dispatch_bypass_filter(RuntimeOrigin::signed(who));
    if result.is_err() {
        assert_eq!(sp_io::storage::root(Default::default()), before, "{text} by {who} failed and left traces");
    }
}

fn play(step: Step) {
    match step {
        Step::Accept { worker } => {
            accept(CLIENT, worker);
        }
        Step::Attest { job, who, count, honest } if Jobs::contains_key(job) => {
            let attestation = statement(job, count);
            let mut signature = sign(&attestation);
            signature.0[0] ^= u8::from(!honest);
            dispatch(who, Call::attest { attestation, signature });
        }
        Step::Attest { .. } => {}
        Step::Demand { job, who } => dispatch(who, Call::demand_output { job }),
        Step::Deliver { job, who, count } => dispatch(who, Call::deliver_output { job, tokens: output(count) }),
        Step::Refuse(refuses) => Refuses::put(refuses),
        Step::Blocks(count) => run_to(System::block_number() + count),
    }
}

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn stories_should_keep_every_invariant_and_end_every_job(steps in prop::collection::vec(step(), 1..60)) {
        ExtBuilder::default().build_and_execute(|| {
            for step in steps {
                play(step);
                Poai::do_try_state(1).unwrap();
            }
            Refuses::put(false);
            run_to(System::block_number() + WINDOW + DELIVERY_WINDOW + MAX_BACKOFF + RETENTION + 10);
            // Whatever was attested is final, its bond is back, and its record gone.
            assert_eq!(crate::Windows::<Test>::count(), 0);
            assert_eq!(crate::Attestations::<Test>::count(), 0);
            assert_eq!(held(CLIENT), 0);
            let attested = Jobs::iter_values().filter(|job| job.counts.is_some());
            assert!(attested.into_iter().all(|job| job.status.is_final()));
        });
    }
}
