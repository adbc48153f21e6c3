use crate::mock::*;
use frame_support::assert_ok;
use hanzo_poai::{JobRequest, JobStatus, ResourceClass, Resources};
use hanzo_traits::{Amount, JobRegistry};
use sp_core::H256;

#[test]
fn quote_should_be_what_the_job_then_costs() {
    test(|| {
        let quote = Compute::quote(MODEL, 0, &[], 10, 10).unwrap();
        let id = submit(CLIENT, 0);
        assert_eq!(quote.total, Amount(job(id).paid));
        assert_eq!(quote.held, Amount(job(id).fee));
        assert_eq!(quote.at, 2);
        let classes: Vec<_> = quote.classes.iter().map(|class| (class.class, class.trade.psi.0)).collect();
        assert_eq!(classes, [(ResourceClass::Gpu, 40 * UNIT), (ResourceClass::Vram, 70 * UNIT)]);
        // 0.3 % of fee is all the impact there is.
        assert!((3_000_000..3_000_100).contains(&quote.classes[0].trade.price_impact_ppb));
    });
}

#[test]
fn quote_of_resources_should_be_what_a_job_without_profile_then_costs() {
    test(|| {
        let mut resources = Resources::default();
        resources.set(ResourceClass::Gpu, 3 * UNIT);
        resources.set(ResourceClass::Vram, 5 * UNIT + 1);
        let quote = Compute::quote_resources(0, &[], &resources).unwrap();
        let model = H256::repeat_byte(0x77);
        let id = submit_as(CLIENT, JobRequest { model, resources: Some(resources), ..request(0) });
        assert_eq!((quote.total, quote.held), (Amount(job(id).paid), Amount(job(id).fee)));
        assert_eq!(job(id).escrow, resources);
    });
}

#[test]
fn quote_should_say_what_is_wrong() {
    test(|| {
        let error = Compute::quote(H256::zero(), 0, &[], 1, 1).unwrap_err();
        assert!(error.contains("has no profile"), "{error}");
        let error = Compute::quote(MODEL, 0, &[], 101, 7).unwrap_err();
        assert!(error.contains("101 prompt and 7 output tokens") && error.contains("at most 100 and 100"), "{error}");
        let error = Compute::quote(MODEL, TIER, &[], 1, 1).unwrap_err();
        assert!(error.contains("of vram in tier 1 cannot be bought: no such pool"), "{error}");
    });
}

#[test]
fn job_should_be_shown_as_it_stands() {
    test(|| {
        assert_eq!(Compute::job(0), None);
        register(10, 1_000 * UNIT);
        let id = submit(CLIENT, 5);
        let view = Compute::job(id).unwrap();
        assert_eq!((view.status, view.worker, view.seed, view.accept_by), (JobStatus::Submitted, None, None, None));
        assert_eq!((view.client, view.nonce, view.input_length, view.deadline), (CLIENT, 5, 40, 301));
        assert_eq!((view.escrow[0], view.escrow[1]), (Amount(40 * UNIT), Amount(70 * UNIT)));
        run(4);
        let view = Compute::job(id).unwrap();
        assert_eq!((view.worker, view.accept_by, view.draws), (Some(10), Some(25), 1));
        assert_ok!(Compute::accept_job(signed(10), id));
        let view = Compute::job(id).unwrap();
        assert!(view.opening.is_some() && view.accept_by.is_none());
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 2, 3));
        assert_ok!(<Compute as JobRegistry<_, _>>::settle(id, false));
        let view = Compute::job(id).unwrap();
        assert_eq!((view.status, view.prompt_tokens, view.output_tokens), (JobStatus::Settled, 2, 3));
        assert_eq!((view.worker, view.escrow[0]), (Some(10), Amount(0)));
    });
}

#[test]
fn open_jobs_should_come_in_order_and_in_pages() {
    test(|| {
        (0..10).for_each(|nonce| {
            submit(CLIENT, nonce);
        });
        assert_ok!(Compute::cancel_job(signed(CLIENT), 3));
        let page = |start, limit| {
            let page = Compute::open_jobs(start, limit);
            (page.jobs.iter().map(|job| job.id).collect::<Vec<_>>(), page.next)
        };
        assert_eq!(page(0, 4), (vec![0, 1, 2, 4], Some(5)));
        assert_eq!(page(5, 100), (vec![5, 6, 7, 8, 9], None));
        assert_eq!(page(5, 5), (vec![5, 6, 7, 8, 9], None));
        assert_eq!(page(10, 100), (vec![], None));
        assert_eq!(page(0, 0), (vec![], Some(0)));
    });
}

#[test]
fn open_jobs_should_look_at_a_bounded_number_of_jobs() {
    test(|| {
        // One open job, then very many final ones, as one long job leaves them behind.
        let first = submit(CLIENT, 0);
        crate::NextJob::<Test>::put(20_000);
        let last = submit(OTHER_CLIENT, 1);
        let page = Compute::open_jobs(0, 10);
        assert_eq!((page.jobs.len(), page.jobs[0].id, page.next), (1, first, Some(4_096)));
        let page = Compute::open_jobs(4_096, 10);
        assert_eq!((page.jobs.len(), page.next), (0, Some(8_192)));
        let (mut next, mut found, mut pages) = (Some(0), Vec::new(), 0);
        while let Some(start) = next {
            let page = Compute::open_jobs(start, 10);
            found.extend(page.jobs.iter().map(|job| job.id));
            (next, pages) = (page.next, pages + 1);
        }
        assert_eq!((found, pages), (vec![first, last], 5));
    });
}

#[test]
fn worker_should_be_shown_its_jobs_until_they_are_attested() {
    test(|| {
        let id = accepted(10);
        let second = submit_as(OTHER_CLIENT, JobRequest { ..request(9) });
        run(4);
        let ids = || Compute::jobs_of(&10).iter().map(|job| job.id).collect::<Vec<_>>();
        assert_eq!(ids(), [id, second]);
        assert_ok!(<Compute as JobRegistry<_, _>>::note_attested(id, 2, 3));
        assert_eq!(ids(), [second]);
        assert!(Compute::jobs_of(&99).is_empty());
    });
}

#[test]
fn workers_should_be_shown_with_their_limits() {
    test(|| {
        register(10, 270 * UNIT);
        assert_ok!(Compute::mint_tokens(signed(10), GPU, 1_000 * UNIT));
        TeeWorkers::set(&[10].into());
        let view = Compute::worker(&10).unwrap();
        assert_eq!((view.bond, view.free_limit), (Amount(270 * UNIT), Amount(9 * UNIT)));
        assert_eq!((view.obligations[0], view.units[2]), (Amount(1_000 * UNIT), Amount(8 * UNIT)));
        assert_eq!((view.quality_ppb, view.tiers, view.session_key), (500_000_000, vec![0], H256(key(10).0)));
        assert_eq!((view.regions, view.latency_ms, view.jitter_ms, view.tee), (1, 100, 10, true));
        assert_eq!(Compute::worker(&PROVIDER).unwrap().tiers, [0, TIER]);
        let accounts = |start, limit| Compute::workers(start, limit).iter().map(|w| w.account).collect::<Vec<_>>();
        assert_eq!(accounts(0, 300), [PROVIDER, 10]);
        assert_eq!(accounts(1, 1), [10]);
        assert!(accounts(2, 5).is_empty());
        assert_eq!(Compute::worker(&11), None);
    });
}
