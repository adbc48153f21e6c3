//! `hanzo-worker job challenge` against a node that has one job: what is said before anything is sent.

use crate::job_replay::{errors, served_on, Node, Served};
use hanzo_inference::ProfileKind;
use hanzo_poai::review::Standing;
use hanzo_poai::JobStatus;
use std::process::Output;

/// A job whose work is known so far.
fn standing(standing: Option<Standing<u32>>) -> Served {
    let mut served = served_on(ProfileKind::Replay);
    served.job.status = JobStatus::Attested;
    served.attestation.as_mut().unwrap().standing = standing;
    served
}

async fn challenge(served: Served, more: &[&str]) -> Output {
    let node = Node::start(served).await;
    let output = node.run(&[&["job", "challenge", "0", "--suri", "//Bob"], more].concat()).await;
    node.stop().await;
    output
}

#[tokio::test]
async fn challenge_should_show_the_bond_and_send_nothing_when_nobody_agreed_to_it() {
    let output = challenge(standing(Some(Standing::Unaudited)), &[]).await;
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(shown.contains("bond        10 AI, held of 5"), "{shown}");
    let said = errors(&output);
    assert!(said.contains("nothing was sent") && said.contains("--max-bond"), "{said}");
}

#[tokio::test]
async fn challenge_should_be_refused_when_the_bond_is_above_the_limit() {
    let output = challenge(standing(Some(Standing::Unaudited)), &["--max-bond", "9.5AI"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(errors(&output).contains("the bond is 10 AI, more than 9.5 AI"), "{}", errors(&output));
    // Within it, the call goes as far as this node lets it.
    let output = challenge(standing(Some(Standing::Unaudited)), &["--max-bond", "10AI"]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(!errors(&output).contains("the bond is"), "{}", errors(&output));
}

#[tokio::test]
async fn challenge_should_say_why_a_job_cannot_be_challenged_before_a_fee_is_paid() {
    for (known, said) in [
        (Some(Standing::InReview { at: 40 }), "is or was reviewed"),
        (Some(Standing::Upheld), "is or was reviewed"),
        (None, "job 0 is final"),
    ] {
        let output = challenge(standing(known), &["--yes"]).await;
        assert_eq!(output.status.code(), Some(1));
        assert!(errors(&output).contains(said), "{}", errors(&output));
    }
    let mut early = standing(None);
    early.attestation = None;
    let output = challenge(early, &["--yes"]).await;
    assert!(errors(&output).contains("has no attestation"), "{}", errors(&output));
}
