use crate::{mock::*, ClientJobs, Error, Event, HoldReason};
use frame_support::{assert_noop, assert_ok, traits::fungible::hold::Inspect};
use hanzo_poai::{
    JobKind, JobRequest, JobStatus, ModelProfile, ResourceClass, Resources, Verification, MAX_BLOB_BYTES,
};
use sp_core::H256;
use sp_runtime::DispatchError;

fn refused(change: impl FnOnce(&mut JobRequest<u64>), error: Error<Test>) {
    let mut bad = request(0);
    change(&mut bad);
    assert_noop!(Compute::submit_job(signed(CLIENT), bad), error);
}

#[test]
fn audit_fee_should_be_three_percent_when_replays_are_cheap_and_what_they_cost_when_they_are_dear() {
    test(|| {
        assert_eq!(Compute::audit_fee_of(1_000, 99), Some(30));
        assert_eq!(Compute::audit_fee_of(1_000, 101), Some(31), "rounded up");
        assert_eq!(Compute::audit_fee_of(1_000, 1_000), Some(300));
        // Of a job without a profile a tenth of the value is what a replay costs: the same.
        let id = submit_as(CLIENT, JobRequest { model: H256::zero(), resources: Some(needs()), ..request(0) });
        assert_eq!(job(id).audit_fee, (job(id).value * 3).div_ceil(100));
    });
}

#[test]
fn job_should_be_paid_into_escrow() {
    test(|| {
        let before = credits(CLIENT);
        let id = submit(CLIENT, 7);
        let job = job(id);
        // 40 and 70 tokens at a thousandth, 0.3 % fee, a wei of rounding each.
        let costs = [40, 70].map(|tokens| tokens * UNIT / 1_000 + tokens * UNIT * 3 / 1_000_000 + 1);
        assert_eq!(job.paid, costs[0] + costs[1]);
        assert_eq!(job.value, job.paid);
        assert_eq!(job.escrow, needs());
        assert_eq!(before - credits(CLIENT), job.paid);
        assert_eq!(job.fee, job.value.div_ceil(100));
        // Twenty tokens read as a prompt take sixty at a thousandth; three of ten jobs' replays are more than 3 % here.
        assert_eq!(job.audit_fee, 3 * 60 * UNIT / 1_000 / 10);
        assert_eq!(Balances::balance_on_hold(&HoldReason::JobFee.into(), &CLIENT), job.fee + job.audit_fee);
        assert_eq!(tokens(GPU, Compute::escrow_account()), 40 * UNIT);
        assert_eq!(job.status, JobStatus::Submitted);
        assert_eq!(
            last_event(),
            Event::JobSubmitted {
                job: id,
                client: CLIENT,
                model: MODEL,
                tier: 0,
                parts: Default::default(),
                held: Resources::default(),
                bought: needs(),
                cost: [costs[0], costs[1], 0, 0, 0, 0],
                paid: job.paid,
                value: job.value,
                fee: job.fee,
                audit_fee: job.audit_fee,
                deadline: 301,
            }
        );
    });
}

#[test]
fn job_should_be_refused_when_the_request_is_unsound() {
    test(|| {
        for kind in [JobKind::Embedding, JobKind::Rollouts, JobKind::Aggregate, JobKind::FineTune] {
            refused(|r| r.kind = kind, Error::UnsupportedKind);
        }
        for proof in [Verification::Tee, Verification::Quorum, Verification::Zk] {
            refused(|r| r.verification = proof, Error::UnsupportedVerification);
        }
        refused(|r| r.prior = Some(H256::repeat_byte(1)), Error::UnsupportedPrior);
        refused(|r| r.deltas = vec![H256::repeat_byte(1)].try_into().unwrap(), Error::UnsupportedDeltas);
        refused(|r| r.input.length = MAX_BLOB_BYTES + 1, Error::InputTooLong);
        refused(|r| r.decoding.top_p_ppm = 0, Error::BadDecoding);
        refused(|r| r.decoding.max_output_tokens = 0, Error::BadDecoding);
        refused(|r| r.decoding.max_output_tokens = 101, Error::OutputTooLong);
        refused(|r| r.max_prompt_tokens = 101, Error::PromptTooLong);
        refused(|r| r.deadline = 0, Error::DeadlineTooSoon);
        refused(|r| r.deadline = 1 + 29, Error::DeadlineTooSoon);
        refused(|r| r.deadline = 1 + 501, Error::DeadlineTooLate);
        refused(|r| r.resources = Some(needs()), Error::ResourcesGiven);
        refused(|r| r.model = H256::zero(), Error::ResourcesMissing);
        refused(|r| (r.model, r.resources) = (H256::zero(), Some(Resources::default())), Error::NoResources);
        refused(|r| r.tier = 9, Error::UnknownTier);
        refused(|r| r.limits.max_credits = 0, Error::CreditLimitExceeded);
        DeniedAccounts::set(&[CLIENT].into());
        refused(|_| (), Error::Denied);
    });
}

#[test]
fn deadline_should_be_taken_at_both_ends_of_its_range() {
    test(|| {
        submit_as(CLIENT, JobRequest { deadline: 31, ..request(0) });
        submit_as(CLIENT, JobRequest { deadline: 501, ..request(1) });
        let without = |deadline| JobRequest { deadline, model: H256::zero(), resources: Some(needs()), ..request(2) };
        assert_noop!(Compute::submit_job(signed(CLIENT), without(10)), Error::<Test>::DeadlineTooSoon);
        submit_as(CLIENT, without(11));
    });
}

#[test]
fn nonce_should_not_repeat_among_jobs_waiting() {
    test(|| {
        let id = submit(CLIENT, 5);
        assert_noop!(Compute::submit_job(signed(CLIENT), request(5)), Error::<Test>::NonceInUse);
        submit(OTHER_CLIENT, 5);
        assert_ok!(Compute::cancel_job(signed(CLIENT), id));
        submit(CLIENT, 5);
    });
}

#[test]
fn client_should_have_a_bounded_number_of_jobs_waiting() {
    test(|| {
        (0..64).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        assert_noop!(Compute::submit_job(signed(CLIENT), request(64)), Error::<Test>::TooManyOpenJobs);
        assert_eq!(ClientJobs::<Test>::get(CLIENT).len(), 64);
    });
}

#[test]
fn held_tokens_should_be_spent_first_when_asked() {
    test(|| {
        register(10, 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 100 * UNIT));
        move_tokens(GPU, &10, &CLIENT, 30 * UNIT).unwrap();
        set_prices(GPU, |prices| prices.twap_hour = 2 * PRICE);

        let id = submit(CLIENT, 0);
        assert_eq!(tokens(GPU, CLIENT), 30 * UNIT);
        assert_eq!(job(id).paid, job(id).value);

        let id = submit_as(CLIENT, JobRequest { use_held_tokens: true, ..request(1) });
        assert_eq!(tokens(GPU, CLIENT), 0);
        // 30 of 40 were held: they count at the hour's mean price.
        assert_eq!(job(id).value, job(id).paid + 30 * UNIT * 2 / 1_000);
        assert_eq!(job(id).escrow, needs());
        let Event::JobSubmitted { held, bought, .. } = last_event() else { panic!() };
        assert_eq!((held.get(ResourceClass::Gpu), bought.get(ResourceClass::Gpu)), (30 * UNIT, 10 * UNIT));
    });
}

#[test]
fn job_should_need_no_credits_but_the_fee_when_all_tokens_are_held() {
    test(|| {
        register(10, 10_000 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 40 * UNIT));
        assert_ok!(Compute::mint_tokens(signed(10), VRAM, 70 * UNIT));
        let before = credits(10);
        let mut own = JobRequest { use_held_tokens: true, ..request(0) };
        own.limits.max_credits = 0;
        let id = submit_as(10, own);
        assert_eq!((job(id).paid, job(id).value), (0, 110 * UNIT / 1_000));
        assert_eq!(credits(10), before);
    });
}

#[test]
fn purchase_should_be_refused_beyond_the_price_of_its_class() {
    test(|| {
        set_prices(VRAM, |prices| prices.spot = PRICE * 102 / 100);
        let dear = Compute::submit_job(signed(CLIENT), request(0));
        assert_noop!(dear, DispatchError::Other("slippage"));
        // A limit of its own instead of 1.01 × the hour's mean.
        let mut willing = request(0);
        willing.limits.max_price[ResourceClass::Vram.index()] = PRICE * 103 / 100;
        submit_as(CLIENT, willing);
        let mut stingy = request(1);
        stingy.limits.max_price = [PRICE; 6];
        assert_noop!(Compute::submit_job(signed(CLIENT), stingy), DispatchError::Other("slippage"));
    });
}

#[test]
fn purchase_should_be_refused_beyond_the_credits_for_all_classes() {
    test(|| {
        let id = submit(CLIENT, 0);
        let mut exact = request(1);
        exact.limits.max_credits = job(id).paid;
        submit_as(CLIENT, exact);
        let mut short = request(2);
        short.limits.max_credits = job(id).paid - 1;
        assert_noop!(Compute::submit_job(signed(CLIENT), short), Error::<Test>::CreditLimitExceeded);
    });
}

#[test]
fn purchase_should_be_refused_when_it_needs_a_batch() {
    test(|| {
        let mut large = Resources::default();
        large.set(ResourceClass::Gpu, UNIT);
        large.set(ResourceClass::Vram, DEPTH * 3 / 1_000 + 1);
        let request = JobRequest { model: H256::zero(), resources: Some(large), ..request(0) };
        let error = Compute::submit_job(signed(CLIENT), request).unwrap_err();
        assert_eq!(error, DispatchError::Other("larger than 0.3 % of the reserve: use a batch"));
        assert_eq!(tokens(GPU, Compute::escrow_account()), 0);
    });
}

#[test]
fn job_should_be_refused_when_the_fee_cannot_be_held() {
    test(|| {
        let id = submit(OTHER_CLIENT, 0);
        let (paid, fee) = (job(id).paid, job(id).fee + job(id).audit_fee);
        let poor = 60;
        let spare = FUNDS - paid - fee - DEPOSIT + 1;
        assert_ok!(Balances::transfer_allow_death(signed(poor), OTHER_CLIENT, spare));
        assert!(Compute::submit_job(signed(poor), request(0)).is_err());
        assert_ok!(Balances::transfer_allow_death(signed(OTHER_CLIENT), poor, 1));
        assert_ok!(Compute::submit_job(signed(poor), request(0)));
    });
}

#[test]
fn profile_should_be_refused_when_unsound() {
    test(|| {
        let unsound: [fn(&mut ModelProfile); 4] = [
            |profile| profile.max_output_tokens = 0,
            |profile| profile.per_output_token = Resources::default(),
            |profile| profile.per_prompt_token.set(ResourceClass::Net, u128::MAX),
            |profile| profile.min_deadline_blocks = 501,
        ];
        for change in unsound {
            let mut bad = profile();
            change(&mut bad);
            assert_noop!(Compute::set_model_profile(root(), MODEL, Some(bad)), Error::<Test>::BadProfile);
        }
        assert_ok!(Compute::set_model_profile(root(), MODEL, None));
        assert_noop!(Compute::submit_job(signed(CLIENT), request(0)), Error::<Test>::ResourcesMissing);
        assert_eq!(Compute::model_profile(MODEL), None);
    });
}
