//! The model of a worker in its registration.

use super::chain::{Call, TestChain};
use super::runner::Gate;
use super::{scene, Process};
use hanzo_inference::worker::chain::MAX_MODELS;
use sp_core::H256;

const MODEL: H256 = H256::repeat_byte(3);
const OTHER: H256 = H256::repeat_byte(4);

fn register(chain: &TestChain, models: &[H256]) {
    chain.change(|ledger| ledger.models = Some(models.to_vec()));
}

fn lists(chain: &TestChain) -> Vec<Vec<H256>> {
    let list = |call| match call {
        Call::Serve(models) => Some(models),
        _ => None,
    };
    chain.calls().into_iter().filter_map(list).collect()
}

#[tokio::test]
async fn worker_should_add_its_model_once_when_its_registration_lacks_it() {
    let (chain, directory) = scene();
    register(&chain, &[OTHER]);
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(50).await;
    assert_eq!(lists(&chain), [[OTHER, MODEL]]);
    assert_eq!(chain.ledger().models, Some(vec![OTHER, MODEL]));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_leave_its_registration_when_the_model_is_in_it() {
    let (chain, directory) = scene();
    register(&chain, &[OTHER, MODEL]);
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(30).await;
    assert_eq!(lists(&chain), Vec::<Vec<H256>>::new());
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_put_its_model_in_place_of_all_others_when_the_list_is_full() {
    let (chain, directory) = scene();
    register(&chain, &[OTHER; MAX_MODELS]);
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(3).await;
    assert_eq!(lists(&chain), [[MODEL]]);
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_add_its_model_when_it_is_registered_later_and_again_when_that_was_lost() {
    let (chain, directory) = scene();
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    chain.seal_many(3).await;
    register(&chain, &[]);
    chain.lose_transactions(true);
    chain.seal_many(22).await;
    assert_eq!((lists(&chain), chain.ledger().models), (vec![vec![MODEL]], Some(vec![])));
    chain.lose_transactions(false);
    chain.seal_many(22).await;
    assert_eq!((lists(&chain).len(), chain.ledger().models), (2, Some(vec![MODEL])));
    worker.stop().await;
}

#[tokio::test]
async fn worker_should_tell_that_it_is_there_once_per_period() {
    let (chain, directory) = scene();
    chain.change(|ledger| (ledger.models, ledger.heartbeat_from) = (Some(vec![MODEL]), Some(30)));
    let worker = Process::start(&chain, directory.path(), Gate::Open);
    let beats = || chain.calls().into_iter().filter(|call| *call == Call::Heartbeat).count();
    chain.seal_many(25).await;
    assert_eq!(beats(), 0);
    chain.seal_many(70).await;
    assert_eq!(beats(), 1);
    chain.seal_many(60).await;
    assert_eq!(beats(), 2);
    worker.stop().await;
}
