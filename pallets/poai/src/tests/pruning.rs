//! Attestations and outputs are dropped when their retention is over, in bounded steps.

use crate::{mock::*, Attestations, Event, Expiries, Outputs, WeightInfo};
use frame_support::{assert_ok, traits::Hooks, weights::Weight};

#[test]
fn attestation_should_be_kept_for_the_retention_after_the_end_of_its_job() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        assert_ok!(Poai::demand_output(RuntimeOrigin::signed(CLIENT), job));
        assert_ok!(Poai::deliver_output(RuntimeOrigin::signed(WORKER), job, output(40)));
        run_to(WINDOW + RETENTION);
        assert!(Attestations::<Test>::contains_key(job) && Outputs::<Test>::contains_key(job));
        events();
        next_block();
        assert!(!Attestations::<Test>::contains_key(job) && !Outputs::<Test>::contains_key(job));
        assert_eq!(Expiries::<Test>::iter().count(), 0);
        assert_eq!(events(), [Event::AttestationPruned { job }]);
    });
}

#[test]
fn attestation_of_an_open_window_should_never_be_pruned() {
    ExtBuilder::default().build_and_execute(|| {
        let job = attested(40);
        Refuses::put(true);
        run_to(3 * (WINDOW + RETENTION));
        assert!(Attestations::<Test>::contains_key(job));
    });
}

#[test]
fn pruning_should_keep_to_the_weight_it_is_given() {
    ExtBuilder::default().build_and_execute(|| {
        for _ in 0..50 {
            attested(1);
        }
        // Everything settles, nothing is pruned: no weight is left over in any block.
        for block in 2..=WINDOW + RETENTION + 10 {
            System::set_block_number(block);
            Poai::on_initialize(block);
            assert_eq!(Poai::on_idle(block, Weight::zero()), Weight::zero());
        }
        assert_eq!(Attestations::<Test>::count(), 50);
        Poai::do_try_state(1).unwrap();

        let (look, step) = (<Weights as WeightInfo>::service_queue(), <Weights as WeightInfo>::prune());
        // One look at each queue.
        let looks = look.saturating_mul(4);
        let limit = looks.saturating_add(step.saturating_mul(7));
        let mut left = 50u32;
        while left > 0 {
            let now = System::block_number();
            let weight = Poai::on_idle(now, limit.saturating_add(Weight::from_parts(1, 1)));
            let done = left.min(7);
            assert_eq!(weight, looks.saturating_add(step.saturating_mul(done.into())));
            left -= done;
            assert_eq!(Attestations::<Test>::count(), left);
            Poai::do_try_state(1).unwrap();
        }
        assert_eq!(Poai::on_idle(System::block_number(), limit), looks);
    });
}
