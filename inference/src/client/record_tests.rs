use super::*;
use crate::client::report::{Beside, Report};
use hanzo_poai::ResourceClass;
use subxt::utils::AccountId32;

const CLIENT: AccountId32 = AccountId32([1; 32]);
const WORKER: AccountId32 = AccountId32([2; 32]);

fn per_class(gpu: u128, ram: u128) -> PerClass {
    let mut amounts = [0; ResourceClass::COUNT];
    amounts[ResourceClass::Gpu.index()] = gpu;
    amounts[ResourceClass::Ram.index()] = ram;
    PerClass(amounts)
}

fn trade(class: Class, side: Side, trader: AccountId32, psi: u128, theta: u128) -> Located {
    trade_in(Pool { class, tier: 0 }, side, trader, psi, theta)
}

fn trade_in(pool: Pool, side: Side, trader: AccountId32, psi: u128, theta: u128) -> Located {
    let fee = Fee { total: 10, market: 8, risk: 2, mean: 0, burned: 2, treasury: 1, lp: 7 };
    let event = Event::Traded(Traded { pool, trader, side, psi, theta, fee, price_before: 5, price_after: 6 });
    Located { transaction: (event_is_buy(&event)).then_some(1), event }
}

fn event_is_buy(event: &Event) -> bool {
    matches!(event, Event::Traded(Traded { side: Side::Buy, .. }))
}

fn in_transaction(event: Event) -> Located {
    Located { transaction: Some(1), event }
}

fn by_itself(event: Event) -> Located {
    Located { transaction: None, event }
}

fn submitted(job: u64) -> Event {
    Event::Submitted(Submitted {
        job,
        client: CLIENT,
        model: H256::repeat_byte(9),
        tier: 0,
        parts: vec![],
        held: per_class(0, 4),
        bought: per_class(60, 16),
        cost: per_class(600, 40).0,
        paid: 640,
        value: 650,
        fee: 7,
        audit_fee: 20,
        deadline: 90,
    })
}

fn settled(job: u64) -> Event {
    let earned = Payout { due: per_class(50, 5), parts: vec![], sold: per_class(50, 5), credits: 480 };
    let returned = Payout { due: per_class(10, 15), parts: vec![], sold: per_class(10, 0), credits: 90 };
    Event::Settled(Settled { job, worker: WORKER, client: CLIENT, earned, returned })
}

fn block(number: u32, wanted: Option<u32>, events: Vec<Located>) -> Block {
    let hash = |number: u32| H256::from_low_u64_be(number.into());
    Block { number, hash: hash(number), parent: hash(number.saturating_sub(1)), events, wanted }
}

fn purchase_block() -> Block {
    let fee = Event::FeePaid(FeePaid { who: CLIENT, actual_fee: 30, tip: 3 });
    let other = trade(Class::Gpu, Side::Buy, WORKER, 1, 1);
    let buy = |class, psi, theta| trade(class, Side::Buy, CLIENT, psi, theta);
    let events = vec![
        other,
        buy(Class::Gpu, 60, 600),
        buy(Class::Ram, 16, 40),
        in_transaction(submitted(7)),
        in_transaction(fee),
    ];
    block(5, Some(1), events)
}

fn settlement_block() -> Block {
    let sell = |class, trader, psi, theta| trade(class, Side::Sell, trader, psi, theta);
    let events = vec![
        // Another job of the same worker, settled in the same block.
        sell(Class::Gpu, WORKER, 50, 1),
        by_itself(Event::Settled(Settled {
            job: 6,
            worker: WORKER,
            client: CLIENT,
            earned: Payout { due: per_class(50, 0), parts: vec![], sold: per_class(50, 0), credits: 1 },
            returned: Payout { due: per_class(0, 0), parts: vec![], sold: per_class(0, 0), credits: 0 },
        })),
        sell(Class::Gpu, WORKER, 50, 440),
        sell(Class::Ram, WORKER, 5, 40),
        sell(Class::Gpu, CLIENT, 10, 90),
        by_itself(settled(7)),
    ];
    block(20, None, events)
}

#[test]
fn record_should_hold_the_purchases_of_its_own_job_only() {
    let blocks = [block(4, None, vec![]), purchase_block()];
    let record = of_job(blocks.iter(), 7).unwrap();
    assert_eq!(record.purchases.iter().map(|trade| trade.theta).collect::<Vec<_>>(), [600, 40]);
    assert_eq!((record.submitted_in.number, record.before.number, record.transaction_fee), (5, 4, 33));
    assert_eq!(of_job(blocks.iter(), 8), None);
}

#[test]
fn record_should_tell_the_sales_of_worker_and_client_apart_when_several_jobs_settle_at_once() {
    let blocks = [purchase_block(), settlement_block()];
    let record = of_job(blocks.iter(), 7).unwrap();
    let Some((place, Ending::Settled { for_worker, for_client, .. })) = record.ending else { panic!("not settled") };
    assert_eq!(place.number, 20);
    assert_eq!(for_worker.iter().map(|trade| trade.theta).collect::<Vec<_>>(), [440, 40]);
    assert_eq!(for_client.iter().map(|trade| trade.theta).collect::<Vec<_>>(), [90]);
}

#[test]
fn report_should_add_up_to_the_wei() {
    let blocks = [purchase_block(), settlement_block()];
    let record = of_job(blocks.iter(), 7).unwrap();
    let report = Report::new(&record, Beside::default());
    assert_eq!(report.discrepancies, Vec::<String>::new());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["status"], "Settled");
    assert_eq!(json["credits"]["purchase"]["paid"], "640");
    assert_eq!(json["credits"]["purchase"]["toPools"], "634");
    assert_eq!(json["credits"]["toWorker"], "480");
    assert_eq!(json["credits"]["refunded"], "90");
    assert_eq!(json["credits"]["sales"]["fromPools"], "579");
    assert_eq!(json["credits"]["toLps"], "35");
    assert_eq!(json["tokens"][1]["class"], "ram");
    assert_eq!(json["tokens"][1]["escrow"], "20");
    assert_eq!(json["blocks"]["ended"]["number"], 20);
}

#[test]
fn report_should_add_up_tier_by_tier_when_tokens_are_of_several() {
    let part = |gpu| vec![Part { tier: 2, resources: per_class(gpu, 0) }];
    let other = |side, trader, psi, theta| trade_in(Pool { class: Class::Gpu, tier: 2 }, side, trader, psi, theta);
    let Event::Submitted(plain) = submitted(7) else { panic!() };
    let Event::Settled(Settled { earned, returned, .. }) = settled(7) else { panic!() };
    // 20 of the 60 are of tier 2, of which 5 were held; what the worker earned there was not sold.
    let (held, bought) = (per_class(5, 4), per_class(55, 16));
    let mine = Submitted { parts: part(20), held, bought, ..plain };
    let earned = Payout { parts: part(17), sold: per_class(33, 5), ..earned };
    let returned = Payout { parts: part(3), sold: per_class(10, 0), ..returned };
    let submission = vec![
        trade(Class::Gpu, Side::Buy, CLIENT, 7, 1),
        trade(Class::Gpu, Side::Buy, CLIENT, 40, 400),
        other(Side::Buy, CLIENT, 15, 200),
        trade(Class::Ram, Side::Buy, CLIENT, 16, 40),
        in_transaction(Event::Submitted(mine)),
    ];
    let settlement = vec![
        trade(Class::Gpu, Side::Sell, WORKER, 33, 440),
        trade(Class::Ram, Side::Sell, WORKER, 5, 40),
        trade(Class::Gpu, Side::Sell, CLIENT, 7, 60),
        other(Side::Sell, CLIENT, 3, 30),
        by_itself(Event::Settled(Settled { job: 7, worker: WORKER, client: CLIENT, earned, returned })),
    ];
    let blocks = [block(5, Some(1), submission), block(20, None, settlement)];
    let report = Report::new(&of_job(blocks.iter(), 7).unwrap(), Beside::default());
    assert_eq!(report.discrepancies, Vec::<String>::new());
    let lines: Vec<_> = report
        .tokens
        .iter()
        .map(|line| {
            (line.class.name(), line.tier, [line.held, line.bought, line.escrow, line.earned, line.earned_sold])
        })
        .map(|(class, tier, amounts)| (class, tier, amounts.map(|amount| amount.0)))
        .collect();
    let wanted = [("gpu", 0, [0, 40, 40, 33, 33]), ("gpu", 2, [5, 15, 20, 17, 0]), ("ram", 0, [4, 16, 20, 5, 5])];
    assert_eq!(lines, wanted);
    assert_eq!(report.pools.iter().map(|pool| pool.tier).collect::<Vec<_>>(), [0, 2, 0]);
}

#[test]
fn report_should_name_both_numbers_when_something_does_not_add_up() {
    let mut settlement = settlement_block();
    settlement.events.remove(2);
    let blocks = [purchase_block(), settlement];
    let report = Report::new(&of_job(blocks.iter(), 7).unwrap(), Beside::default());
    assert!(!report.discrepancies.is_empty());
    assert!(report.discrepancies.iter().any(|text| text.contains("480")), "{:?}", report.discrepancies);
}

#[test]
fn included_should_give_the_reason_when_the_transaction_failed() {
    let failed = in_transaction(Event::TransactionFailed("Compute::NonceInUse: The client has …".into()));
    let other = Located { transaction: Some(2), event: submitted(8) };
    let blocks = [block(4, None, vec![]), block(5, Some(1), vec![failed, other])];
    let found = included(blocks.iter()).unwrap();
    assert_eq!((found.place.number, found.job), (5, None));
    assert!(found.failure.unwrap().starts_with("Compute::NonceInUse"));
    assert_eq!(included(blocks[..1].iter()), None);
}

#[test]
fn record_should_follow_a_job_through_missed_and_declined_draws_to_its_refund() {
    let assigned = |worker, block: u32| {
        let (seed, candidates) = (H256::repeat_byte(3), 1);
        Event::Assigned(Assigned { job: 7, worker, seed, candidates, accept_by: block + 20 })
    };
    let refunded = Refunded { job: 7, reason: RefundReason::NotAccepted, returned: per_class(60, 20), burned: 7 };
    let blocks = [
        purchase_block(),
        block(10, None, vec![by_itself(assigned(WORKER, 10))]),
        block(31, None, vec![by_itself(Event::Missed(Missed { job: 7, worker: WORKER }))]),
        block(36, None, vec![by_itself(assigned(CLIENT, 36))]),
        block(38, None, vec![in_transaction(Event::Declined(Declined { job: 7, worker: CLIENT }))]),
        block(60, None, vec![by_itself(Event::Refunded(refunded))]),
    ];
    let record = of_job(blocks.iter(), 7).unwrap();
    assert_eq!(record.assigned.as_ref().unwrap().0.number, 36);
    let passed = |passed: &Passed| (passed.block.number, passed.worker.clone(), passed.declined);
    let expected = [(31, WORKER.to_string(), false), (38, CLIENT.to_string(), true)];
    assert_eq!(record.passed.iter().map(passed).collect::<Vec<_>>(), expected);
    let report = Report::new(&record, Beside::default());
    assert_eq!((report.status.as_str(), report.reason.as_deref()), ("Refunded", Some("NotAccepted")));
    assert_eq!((report.credits.penalty.0, report.credits.burned.0), (7, 11));
    assert_eq!(report.discrepancies, Vec::<String>::new());
}
