//! A draw hangs on the VRF outputs of the four blocks after the one that fixed its inputs, and on no other block's.

use super::{
    actors::{job, last_job, status, submit, CLIENT},
    chain::Chain,
};
use hanzo_poai::JobStatus;
use sp_core::H256;
use sp_keyring::Sr25519Keyring::{Alice, Bob};

/// Block in which the job is submitted.
const SUBMITTED: u32 = 5;

/// The seed of a job on a chain whose blocks are all Alice's but number `bobs`, which Bob writes, and with another VRF
/// output; and the block in which it was drawn.
fn drawn(bobs: u32) -> (H256, u32) {
    Chain::run("local_testnet", |chain| {
        let author = |number| if number == bobs { Bob } else { Alice };
        while chain.now() < SUBMITTED {
            chain.step_by(author(chain.now() + 1));
        }
        chain.send(CLIENT, submit(1, 400, 100)).unwrap().unwrap();
        let id = last_job();
        while status(id) == JobStatus::Submitted {
            assert!(chain.now() < SUBMITTED + 20, "nobody was drawn");
            chain.step_by(author(chain.now() + 1));
        }
        (job(id).seed.unwrap(), chain.now())
    })
}

#[test]
fn draw_should_hang_on_the_four_blocks_after_the_submission_and_on_no_other() {
    let (seed, block) = drawn(0);
    assert_eq!(block, SUBMITTED + 4, "as soon as the fourth output is known");
    for other in [SUBMITTED - 1, SUBMITTED, SUBMITTED + 5] {
        assert_eq!(drawn(other).0, seed, "the output of block {other} must not count");
    }
    let mut seeds = vec![seed];
    for counted in 1..=4 {
        let (other, _) = drawn(SUBMITTED + counted);
        assert!(!seeds.contains(&other), "the output of block {} must count", SUBMITTED + counted);
        seeds.push(other);
    }
}
