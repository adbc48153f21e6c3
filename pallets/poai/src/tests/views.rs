//! What runtime APIs answer.

use crate::{mock::*, Standing};
use hanzo_traits::api::AttestationView;

#[test]
fn attestation_should_be_shown_as_it_was_signed() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        assert_eq!(Poai::attestation(job), None);
        let signed = statement(job, 40);
        attest(job, 40);
        let shown = AttestationView {
            job,
            worker: WORKER,
            model: signed.model,
            input: signed.input,
            output: signed.output,
            tokens_root: signed.tokens_root,
            fingerprints_root: signed.fingerprints_root,
            receipt_root: signed.receipt_root(),
            prompt_tokens: 17,
            output_tokens: 40,
            seed: signed.seed,
            engine_profile: signed.engine_profile,
            prior_root: signed.prior_root,
            attested_at: 1,
            settles_at: 1 + WINDOW,
            deliver_by: None,
            standing: Some(Standing::Unaudited),
        };
        assert_eq!(Poai::attestation(job), Some(shown.clone()));
        run_to(1 + WINDOW);
        assert_eq!(Poai::attestation(job), Some(AttestationView { standing: None, ..shown }), "after the settlement");
    });
}

#[test]
fn challenge_should_be_shown_from_the_acceptance_until_the_record_is_gone() {
    ExtBuilder::default().build_and_execute(|| {
        let job = accept(CLIENT, WORKER);
        let expected = challenge(job);
        assert_eq!(Poai::attestation_challenge(job), Ok(expected));
        attest(job, 40);
        assert_eq!(Poai::attestation_challenge(job), Ok(expected));
        run_to(1 + WINDOW + RETENTION);
        let error = Poai::attestation_challenge(job).unwrap_err();
        assert_eq!(error, format!("job {job} has no challenge at block 401: the job is not accepted"));
    });
}

#[test]
fn challenge_should_be_an_error_with_the_numbers_when_there_is_no_such_job() {
    ExtBuilder::default().build_and_execute(|| {
        assert_eq!(Poai::attestation_challenge(31), Err("job 31 has no challenge at block 1: no such job".into()));
    });
}
